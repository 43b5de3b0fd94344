import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createAdminRouter } from '../../../src/admin/admin-router.ts';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { internalsOf } from '../../../src/durin/internals.ts';
import { createDurin, type DurinEvents } from '../../../src/index.ts';
import { clients, requestOf, requiredOptions } from '../../support/app.ts';
import { codeOf, recordEvents } from '../../support/arena.ts';
import { type OwnPostgres, openOwnPostgres } from '../../support/databases/own-postgres.ts';
import { User } from '../../support/entities.ts';

const databaseTimeout = 1; // second
/** The longest that a response may take, with a margin for slow machines. */
const boundMs = 4000;

let postgres: OwnPostgres;
beforeAll(async () => {
  postgres = await openOwnPostgres();
});
afterAll(() => postgres.stop());

/** An app with an admin whose session is cached, and with one other token. */
async function openApp() {
  await postgres.orm.em.getConnection().execute('delete from durin_auth_token');
  const durin = createDurin({ ...requiredOptions(postgres.orm), clients, databaseTimeout, cache: { ttl: '60s' } });
  await durin.clients.sync();
  const em = postgres.orm.em.fork();
  const [admin, user] = ['admin', 'user'].map((name) =>
    em.create(User, { username: `${name} ${crypto.randomUUID()}`, passwordHash: null }),
  ) as [User, User];
  await em.flush();
  const { token } = await durin.tokens.issue({ user: admin, client: 'web' });
  const held = await durin.tokens.issue({ user, client: 'cli' });
  const { adminRouter } = createDurinAdmin(durin, { isAdmin: () => true });
  const caller = adminRouter.createCaller(durin.createContext(requestOf({ token })));
  await caller.whoami();
  const actions: DurinEvents['adminAction'][] = [];
  durin.events.on('adminAction', (event) => actions.push(event));
  return { durin, admin, user, held: held.auth.id, caller, actions, events: recordEvents(durin.events) };
}

let app: Awaited<ReturnType<typeof openApp>>;
beforeEach(async () => {
  app = await openApp();
  await postgres.freeze();
});
afterEach(async () => {
  postgres.thaw();
  await app.durin.close();
});

async function inTime(call: () => Promise<unknown>): Promise<unknown> {
  const startedAt = performance.now();
  const answer = await call().catch(codeOf);
  expect(performance.now() - startedAt).toBeLessThan(boundMs);
  return answer;
}

test('while PostgreSQL is frozen, every admin call fails in time', async () => {
  const { caller, user, held } = app;
  const calls: Record<string, () => Promise<unknown>> = {
    whoami: () => caller.whoami(),
    'clients.list': () => caller.clients.list(),
    'clients.get': () => caller.clients.get({ name: 'web' }),
    'clients.create': () => caller.clients.create({ name: 'kiosk' }),
    'tokens.list': () => caller.tokens.list(),
    'tokens.get': () => caller.tokens.get({ id: held }),
    'users.search': () => caller.users.search({ search: 'user' }),
    'users.get': () => caller.users.get({ user: user.id }),
    'usage.clients': () => caller.usage.clients(),
    'usage.overTime': () => caller.usage.overTime(),
  };
  const answers = Object.entries(calls).map(async ([name, call]) => [name, await inTime(call)]);
  expect(Object.fromEntries(await Promise.all(answers))).toEqual(
    Object.fromEntries(Object.keys(calls).map((name) => [name, 'STORE_UNAVAILABLE'])),
  );
});

test('a write that PostgreSQL completes late emits its events once', async () => {
  const { caller, user, held, actions, events } = app;
  expect(await inTime(() => caller.tokens.revoke({ id: held }))).toBe('STORE_UNAVAILABLE');
  expect(actions).toEqual([]);
  postgres.thaw();
  await vi.waitFor(() => expect(actions).toHaveLength(1), 10_000);
  expect(actions).toMatchObject([{ action: 'token-revoked', tokenId: held, userId: user.id, by: { client: 'web' } }]);
  expect(events.of('tokenRevoked')).toMatchObject([{ tokenId: held, reason: 'revoked' }]);
});

test('a failed admin call starts no write later', async () => {
  const { caller, durin, user, actions, events } = app;
  expect(await inTime(() => caller.tokens.issue({ user: user.id, client: 'web' }))).toBe('STORE_UNAVAILABLE');
  postgres.thaw();
  const { token } = await caller.tokens.issue({ user: user.id, client: 'web' });
  await durin.close(); // waits for pending work
  await durin.authenticate(token);
  expect(events.count('tokenIssued')).toBe(1);
  expect(actions).toHaveLength(1);
});

test('on the command line, reads time out and writes wait', async () => {
  const { durin, held, actions } = app;
  const access = internalsOf(durin);
  if (access === null) throw new Error('not a durin');
  const caller = createAdminRouter(access, 'command-line', {}).createCaller(durin.createContext());
  let isDone = false;
  const revoked = caller.tokens.revoke({ id: held }).finally(() => {
    isDone = true;
  });
  expect(await inTime(() => caller.clients.list())).toBe('STORE_UNAVAILABLE');
  expect(isDone).toBe(false);
  postgres.thaw();
  await revoked;
  expect(actions).toMatchObject([{ action: 'token-revoked', tokenId: held, by: 'command-line' }]);
});

test.for(['an admin', 'the app'] as const)(
  'a client that %s deletes ends its tokens late, with events',
  async (who) => {
    const { caller, durin, held, actions, events } = app;
    const remove = () => (who === 'an admin' ? caller.clients.delete({ name: 'cli' }) : durin.clients.delete('cli'));
    expect(await inTime(remove)).toBe('STORE_UNAVAILABLE');
    postgres.thaw();
    await vi.waitFor(() => expect(events.of('tokenRevoked')).toHaveLength(1), 10_000);
    expect(events.of('tokenRevoked')).toMatchObject([{ tokenId: held, reason: 'client-deleted' }]);
    await vi.waitFor(() => expect(actions).toHaveLength(who === 'an admin' ? 1 : 0));
  },
);
