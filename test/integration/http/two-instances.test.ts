import { createTRPCClient, httpBatchLink } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin, type DurinContext } from '../../../src/index.ts';
import { clients, openApp, password, requiredOptions } from '../../support/app.ts';
import type { Served, TestApp, TestDurin } from '../adapters/adapter-app.ts';
import { listen } from '../adapters/node-server.ts';

let app: TestApp;
let staff: TestDurin;
let guests: TestDurin;
let served: Served;
beforeAll(async () => {
  app = await openApp();
  staff = createInstance({ secret: 'the secret of those who work here' });
  guests = createInstance({ secret: 'another secret, for all the others' });
  const router = createTwoRouters();
  const { createContext, responseMeta } = staff; // one context for both
  served = await listen(createHTTPServer({ router, createContext, responseMeta }));
});
afterAll(async () => {
  await served.close();
  await app.close();
});

/** Two instances on the same tables, as in an app that is composed of two. */
function createInstance(options: { secret: string }) {
  return createDurin({ ...requiredOptions(app.orm), clients, now: app.clock, ...options });
}

function createTwoRouters() {
  const t = initTRPC.context<DurinContext>().create({ isDev: false });
  return t.router({
    staff: staff.durinRouter,
    guests: guests.durinRouter,
    staffName: staff.authedProcedure.mutation(({ ctx }) => ctx.user.username),
    guestName: guests.authedProcedure.mutation(({ ctx }) => ctx.user.username),
    both: t.procedure
      .concat(staff.optionalProcedure)
      .concat(guests.optionalProcedure)
      .mutation(({ ctx }) => ctx.user?.username ?? null),
  });
}

function connect(token?: string) {
  return createTRPCClient<ReturnType<typeof createTwoRouters>>({
    links: [
      httpBatchLink({ url: served.url, headers: token === undefined ? {} : { authorization: `Token ${token}` } }),
    ],
  });
}

const login = { username: 'alice', password, client: 'web' } as const;
const refusedWith = (code: string) => ({ status: 'rejected', reason: { data: { durin: { code } } } });
const answered = <T>(value: T) => ({ status: 'fulfilled', value });

test('a token of one instance is refused by the other', async () => {
  const { token } = await staff.tokens.issue({ user: 1, client: 'web' });
  const client = connect(token);
  const calls = await Promise.allSettled([
    client.staffName.mutate(),
    client.guestName.mutate(),
    client.staffName.mutate(),
  ]);
  expect(calls).toMatchObject([answered('alice'), refusedWith('INVALID_TOKEN'), answered('alice')]);
});

test('a login at one instance does not affect the other', async () => {
  const client = connect();
  const calls = await Promise.allSettled([
    client.staff.login.mutate(login),
    client.staffName.mutate(),
    client.guestName.mutate(),
    client.guests.sessions.revokeOthers.mutate(),
  ]);
  expect(calls).toMatchObject([
    { status: 'fulfilled' },
    answered('alice'),
    refusedWith('NO_CREDENTIALS'),
    refusedWith('NO_CREDENTIALS'),
  ]);
});

test('logins at both in one batch are independent', async () => {
  const client = connect();
  const calls = await Promise.all([
    client.staff.login.mutate(login),
    client.guests.login.mutate({ ...login, username: 'bob' }),
    client.staffName.mutate(),
    client.guestName.mutate(),
  ]);
  expect(calls.slice(2)).toEqual(['alice', 'bob']);
});

test('builders of both on one procedure decide independently', async () => {
  const { token } = await guests.tokens.issue({ user: 2, client: 'web' });
  expect(await connect().both.mutate()).toBe(null);
  await expect(connect(token).both.mutate()).rejects.toMatchObject({ data: { durin: { code: 'INVALID_TOKEN' } } });
});
