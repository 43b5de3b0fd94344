import { TRPCError } from '@trpc/server';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDurin } from '../../../../src/index.ts';
import { openApp, password, requestOf, t } from '../../../support/app.ts';
import { codeOf, recordEvents } from '../../../support/arena.ts';
import { AuthToken, User } from '../../../support/entities.ts';

const scopes = ['read', 'write', 'billing'] as const;
type Scope = (typeof scopes)[number];

let app: Awaited<ReturnType<typeof openApp>>;
let open: ReturnType<typeof createScopedApp>;
beforeAll(async () => {
  app = await openApp();
  open = createScopedApp();
});
afterAll(() => app.close());

function createScopedApp(
  scopesOf: (user: { username: string }) => readonly Scope[] | 'all' = () => 'all',
  ttl?: '60s',
) {
  const durin = createDurin({
    ...app.options,
    scopes,
    clients: { web: { maxSessions: 9 }, cli: { scopes: ['read', 'billing'] } },
    scopesOf,
    ...(ttl && { cache: { ttl } }),
  });
  const router = t.router({
    list: durin.scopedProcedure(['read']).query(({ ctx }) => ctx.auth.scopes),
    edit: durin.guardedProcedure({ scopes: ['read', 'write'] }).mutation(() => 'edited'),
    pay: durin.guardedProcedure({ anyScope: ['write', 'billing'] }).mutation(() => 'paid'),
    publish: durin.guardedProcedure({ clients: ['web'], scopes: ['write'], rate: '1/m' }).mutation(() => 'published'),
    erase: durin.guardedProcedure({ scopes: ['write'], fresh: '10m' }).mutation(() => 'erased'),
    join: t.procedure.concat(durin.scopedProcedure(['billing'])).query(() => 'joined'),
    wipe: durin.guardedProcedure({ scopes: ['write'], fresh: '10s' }).mutation(() => 'wiped'),
    me: durin.authedProcedure.query(({ ctx }) => ctx.user.username),
  });
  const callAs = (token?: string) => router.createCaller(durin.createContext(requestOf({ token })));
  const issue = async (client: 'web' | 'cli', held?: readonly Scope[]) =>
    (await durin.tokens.issue({ user: 1, client, ...(held && { scopes: held }) })).token;
  return { durin, callAs, issue, events: recordEvents(durin.events) };
}

const refusalOf = (error: unknown) => (error as { durin?: unknown }).durin;

describe('a scoped procedure', () => {
  test('lets in a session that holds each of its scopes', async () => {
    const { callAs, issue } = open;
    const all = callAs(await issue('web'));
    expect([await all.list(), await all.edit(), await all.pay(), await all.join()]).toEqual([
      scopes,
      'edited',
      'paid',
      'joined',
    ]);
    const reading = callAs(await issue('web', ['read']));
    expect(await reading.list()).toEqual(['read']);
    expect(await reading.me()).toBe('alice');
  });

  test('refuses others with the scopes that are missing', async () => {
    const { callAs, issue } = open;
    const paying = callAs(await issue('web', ['billing']));
    expect(await paying.edit().catch(refusalOf)).toEqual({ code: 'INSUFFICIENT_SCOPE', missing: ['read', 'write'] });
    const reading = callAs(await issue('web', ['read']));
    expect(await reading.edit().catch(refusalOf)).toEqual({ code: 'INSUFFICIENT_SCOPE', missing: ['write'] });
    expect(await reading.pay().catch(refusalOf)).toEqual({ code: 'INSUFFICIENT_SCOPE', missing: ['write', 'billing'] });
    expect(await reading.join().catch(refusalOf)).toMatchObject({ missing: ['billing'] });
    await expect(reading.edit()).rejects.toMatchObject({
      code: 'FORBIDDEN',
      message: 'This token may not use this procedure.',
    });
  });

  test('judges a session of a client by its ceiling', async () => {
    const { callAs, issue } = open;
    const cli = callAs(await issue('cli'));
    expect(await cli.list()).toEqual(['read', 'billing']);
    expect(await cli.edit().catch(codeOf)).toBe('INSUFFICIENT_SCOPE');
    expect(await cli.pay()).toBe('paid');
  });

  test('refuses callers without credentials as other guards do', async () => {
    expect(await open.callAs().list().catch(codeOf)).toBe('NO_CREDENTIALS');
  });

  test('judges clients before scopes, and counts no call that it refuses', async () => {
    const { callAs, issue } = open;
    expect(
      await callAs(await issue('cli'))
        .publish()
        .catch(codeOf),
    ).toBe('CLIENT_NOT_ALLOWED');
    const reading = callAs(await issue('web', ['read']));
    for (const _ of [1, 2]) expect(await reading.publish().catch(codeOf)).toBe('INSUFFICIENT_SCOPE');
    expect(await callAs(await issue('web')).publish()).toBe('published');
  });

  test('asks for no password if a scope is missing', async () => {
    const { callAs, issue } = open;
    expect(
      await callAs(await issue('web', ['read']))
        .erase()
        .catch(codeOf),
    ).toBe('INSUFFICIENT_SCOPE');
    expect(
      await callAs(await issue('web'))
        .erase()
        .catch(codeOf),
    ).toBe('REAUTHENTICATION_REQUIRED');
  });

  test('reports who it refused', async () => {
    const { callAs, issue, events } = open;
    await callAs(await issue('web', ['read']))
      .edit()
      .catch(codeOf);
    expect(events.of('denied').at(-1)).toMatchObject({
      code: 'INSUFFICIENT_SCOPE',
      path: 'edit',
      userId: 1,
      client: 'web',
      suppressed: 0,
      ipAddress: '127.0.0.1',
    });
  });
});

test('a change of the user is seen at the next call, also with a cache', async () => {
  const { callAs, issue } = createScopedApp(({ username }) => (username === 'alice' ? 'all' : ['read']), '60s');
  const caller = callAs(await issue('web'));
  expect(await caller.edit()).toBe('edited');
  const em = app.orm.em.fork();
  const alice = await em.findOneOrFail(User, { id: 1 });
  alice.username = 'alison';
  await em.flush();
  expect(
    await callAs(await issue('web'))
      .edit()
      .catch(codeOf),
  ).toBe('INSUFFICIENT_SCOPE');
  alice.username = 'alice';
  await em.flush();
});

test('a session that is looked up again to be fresh is judged again', async () => {
  const { durin, callAs } = createScopedApp(({ username }) => (username === 'alice' ? 'all' : ['read']), '60s');
  const { login } = durin.durinRouter.createCaller(durin.createContext(requestOf()));
  const { token } = await login({ username: 'alice', password, client: 'web' });
  expect(await callAs(token).wipe()).toBe('wiped');
  app.clock.advance(30);
  // Past the ORM, so that the cached session is neither fresh nor up to date.
  const em = app.orm.em.fork();
  await em.nativeUpdate(AuthToken, { user: 1 }, { authenticatedAt: new Date(app.clock()) });
  await em.nativeUpdate(User, { id: 1 }, { username: 'alison' });
  expect(await callAs(token).wipe().catch(codeOf)).toBe('INSUFFICIENT_SCOPE');
  await em.nativeUpdate(User, { id: 1 }, { username: 'alice' });
});

test.each([
  ['a Promise', () => Promise.resolve('all')],
  ['an unknown scope', () => ['raed']],
])('scopesOf that returns %s fails scoped calls only', async (_, scopesOf) => {
  const { callAs, issue } = createScopedApp(scopesOf as never);
  const caller = callAs(await issue('web'));
  await expect(caller.list()).rejects.toMatchObject({
    code: 'INTERNAL_SERVER_ERROR',
    message: 'Internal server error',
  });
  expect(await caller.me()).toBe('alice');
});

test('an error that scopesOf throws on purpose reaches the caller', async () => {
  const { callAs, issue } = createScopedApp(() => {
    throw new TRPCError({ code: 'PAYMENT_REQUIRED', message: 'The plan has ended.' });
  });
  await expect(callAs(await issue('web')).list()).rejects.toMatchObject({ code: 'PAYMENT_REQUIRED' });
});
