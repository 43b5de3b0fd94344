import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { createDurin } from '../../../src/index.ts';
import { type Caller, clients, openApp, requestOf, requiredOptions, t } from '../../support/app.ts';
import { codeOf, recordEvents } from '../../support/arena.ts';
import { User } from '../../support/entities.ts';
import type { TestApp } from '../../support/guesses.ts';

let app: TestApp;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

function open() {
  const durin = createDurin({ ...requiredOptions(app.orm), clients, now: app.clock });
  const router = t.router({
    auth: durin.durinRouter,
    admin: createDurinAdmin(durin, { isAdmin: () => false }).adminRouter,
    me: durin.authedProcedure.query(() => 'me'),
    maybe: durin.optionalProcedure.query(() => 'maybe'),
    deploy: durin.clientProcedure(['cli']).mutation(() => 'deployed'),
  });
  const callAs = (caller: Caller) => router.createCaller(durin.createContext(requestOf(caller)));
  return { durin, callAs, events: recordEvents(durin.events) };
}

const origin = { ipAddress: '127.0.0.1', userAgent: 'test' };

// CLIENT_NOT_ALLOWED, NOT_ADMIN and INVALID_TOKEN emitted nothing.
test('a valid token without the right is reported with its user and client', async () => {
  const { durin, callAs, events } = open();
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  await callAs({ token }).deploy().catch(codeOf);
  await callAs({ token }).admin.tokens.list({}).catch(codeOf);
  const who = { userId: 1, client: 'web', suppressed: 0, ...origin };
  expect(events.of('denied')).toEqual([
    { name: 'denied', code: 'CLIENT_NOT_ALLOWED', path: 'deploy', ...who },
    { name: 'denied', code: 'NOT_ADMIN', path: 'admin.tokens.list', ...who },
  ]);
});

test('bad credentials are reported, and missing ones are not', async () => {
  const { durin, callAs, events } = open();
  await callAs({ token: 'f'.repeat(64) })
    .me()
    .catch(codeOf);
  await callAs({ header: 'Token' }).maybe().catch(codeOf);
  await callAs({ token: 'f'.repeat(64) })
    .auth.sessions.list()
    .catch(codeOf);
  await durin.authenticate('f'.repeat(64)).catch(codeOf);
  await callAs({}).me().catch(codeOf);
  expect(events.of('denied')).toMatchObject([
    { code: 'INVALID_TOKEN', path: 'me', userId: null, client: null, ...origin },
    { code: 'MALFORMED_HEADER', path: 'maybe' },
    { code: 'INVALID_TOKEN', path: 'auth.sessions.list' },
    { code: 'INVALID_TOKEN', path: null, ipAddress: null },
  ]);
});

test('a flood is reported ten times a minute, with the number of the others', async () => {
  const { callAs, events } = open();
  const flood = callAs({ token: 'f'.repeat(64) });
  for (let index = 0; index < 300; index += 1) await flood.me().catch(codeOf);
  expect(events.count('denied')).toBe(10);
  await callAs({ token: 'f'.repeat(64), ipAddress: '192.0.2.7' })
    .me()
    .catch(codeOf);
  app.clock.advance(60);
  await flood.me().catch(codeOf);
  expect(events.of('denied').slice(10)).toMatchObject([{ ipAddress: '192.0.2.7', suppressed: 0 }, { suppressed: 290 }]);
});

test('a refusal is reported although the transaction around it rolls back', async () => {
  const { durin, callAs, events } = open();
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const rolledBack = app.orm.em.fork().transactional(async (em) => {
    await em.findOne(User, { username: 'alice' });
    await callAs({ token }).deploy();
  });
  expect(await rolledBack.catch(codeOf)).toBe('CLIENT_NOT_ALLOWED');
  expect(events.count('denied')).toBe(1);
});
