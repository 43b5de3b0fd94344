import { inspect } from 'node:util';
import type { AnyRouter } from '@trpc/server';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { createDurin, DurinError, DurinUsageError } from '../../../src/index.ts';
import { type AdminApp, openAdminApp } from '../../support/admin-app.ts';
import { clients, requestOf, requiredOptions, t } from '../../support/app.ts';
import { createWire } from '../../support/wire.ts';

let app: AdminApp;
beforeAll(async () => {
  app = await openAdminApp();
});
afterAll(() => app.close());

function fail(reason: unknown): never {
  throw reason;
}

type IsAdmin = (ctx: { user: { username: string } }) => unknown;

/** Every procedure of an admin router with this rule, by its path, as HTTP calls it. */
function procedures(isAdmin: IsAdmin) {
  const { adminRouter } = createDurinAdmin(app.durin, { isAdmin: isAdmin as never });
  const router: AnyRouter = t.router({ admin: adminRouter });
  const wire = createWire(router, app.durin);
  const paths = Object.keys(router._def.procedures);
  expect(paths.length).toBeGreaterThan(15);
  return { paths, call: wire.call };
}

const issue = async (username: 'alice' | 'bob') =>
  (await app.durin.tokens.issue({ user: app[username], client: 'cli' })).token;

test('every procedure refuses whoever is not signed in, and does not ask who is an admin', async () => {
  let asked = 0;
  const { paths, call } = procedures(() => {
    asked += 1;
    return true;
  });
  const expired = await app.durin.tokens.issue({ user: app.bob, client: 'api', ttl: 1 });
  app.clock.advance(1);
  for (const path of paths) {
    expect(await call(path)).toMatchObject({ status: 401, error: { data: { durin: { code: 'NO_CREDENTIALS' } } } });
    expect(await call(path, { token: 'x'.repeat(64) })).toMatchObject({ status: 401 });
    expect(await call(path, { token: expired.token })).toMatchObject({ status: 401 });
  }
  expect(asked).toBe(0);
});

test('every procedure asks who is an admin, with user and auth, and refuses whoever is none, whatever the input', async () => {
  const asked: string[] = [];
  const { paths, call } = procedures(({ user }) => {
    asked.push(user.username);
    return user.username === 'alice';
  });
  const token = await issue('bob');
  for (const path of paths) {
    for (const input of [undefined, {}, { name: 'web' }, 'nonsense']) {
      const { status, error } = await call(path, { token, input });
      expect({ path, status, durin: error?.data.durin }).toEqual({ path, status: 403, durin: { code: 'NOT_ADMIN' } });
      expect(error?.message).toBe('Only admins may use this procedure.');
    }
  }
  expect(asked).toHaveLength(paths.length * 4);
  expect(app.actions).toEqual([]);
  expect(await app.durin.clients.list()).toHaveLength(3);
});

test('every procedure lets an admin through, as far as its input', async () => {
  const { paths, call } = procedures(({ user }) => user.username === 'alice');
  const outcomes = new Map<string, unknown>();
  for (const path of paths) {
    const { status, error } = await call(path, { token: await issue('alice'), input: undefined });
    outcomes.set(path, status === 200 ? 'OK' : error?.data.durin?.code);
  }
  expect(Object.fromEntries(outcomes)).toEqual(
    Object.fromEntries(
      paths.map((path) => [path, withoutInput.has(path.replace('admin.', '')) ? 'OK' : 'INVALID_INPUT']),
    ),
  );
});

const withoutInput = new Set([
  'whoami',
  'clients.list',
  'clients.names',
  'tokens.list',
  'tokens.purgeExpired',
  'usage.clients',
  'usage.overTime',
]);

test.for<[string, IsAdmin]>([
  ['1', () => 1],
  ['an object', () => ({})],
  ['"true"', () => 'true'],
  ['undefined', () => undefined],
  ['a promise of false', () => Promise.resolve(false)],
])('only true makes an admin: not %s', async ([, isAdmin]) => {
  const { paths, call } = procedures(isAdmin);
  const token = await issue('alice');
  for (const path of paths) expect(await call(path, { token })).toMatchObject({ status: 403 });
});

test('a promise of true makes one', async () => {
  const { call } = procedures(() => Promise.resolve(true));
  const answer = await call('admin.whoami', { token: await issue('alice') });
  expect(answer.data).toEqual({ id: 1, label: 'alice', client: 'cli', tokenId: expect.any(String) as string });
});

const secretive = new Error('the password of the directory is hunter2');

test.for<[string, IsAdmin]>([
  ['throws', () => fail(secretive)],
  ['rejects', () => Promise.reject(secretive)],
  ['throws no error', () => fail('hunter2')],
  ['throws a refusal', () => fail(new DurinError('INVALID_TOKEN', { cause: secretive }))],
])('a rule that %s lets nobody in, and its message reaches nobody', async ([, isAdmin]) => {
  const { paths, call } = procedures(isAdmin);
  const token = await issue('alice');
  for (const path of paths) {
    const { status, text, error } = await call(path, { token });
    expect({ path, status, message: error?.message }).toEqual({ path, status: 500, message: 'Internal server error' });
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('stack');
  }
});

test('a rule whose database cannot be reached is an outage', async () => {
  const { call } = procedures(() => Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' })));
  const answer = await call('admin.clients.list', { token: await issue('alice') });
  expect(answer).toMatchObject({ status: 503, error: { data: { durin: { code: 'STORE_UNAVAILABLE' } } } });
});

test('a rule that never answers holds nobody up for longer than databaseTimeout', async () => {
  const durin = createDurin({ ...requiredOptions(app.orm), clients, databaseTimeout: 1 });
  onTestFinished(() => durin.close());
  const { adminRouter } = createDurinAdmin(durin, { isAdmin: () => new Promise(() => {}) });
  const { token } = await durin.tokens.issue({ user: app.bob, client: 'api' });
  const caller = adminRouter.createCaller(durin.createContext(requestOf({ token })));
  await expect(caller.clients.list()).rejects.toMatchObject({ durin: { code: 'STORE_UNAVAILABLE' } });
});

test('who stops being an admin is one no longer at the next call', async () => {
  const admins = new Set(['alice']);
  const { call } = procedures(({ user }) => admins.has(user.username));
  const token = await issue('alice');
  expect(await call('admin.clients.list', { token })).toMatchObject({ status: 200 });
  admins.clear();
  expect(await call('admin.clients.list', { token })).toMatchObject({ status: 403 });
});

test('an admin who ends the own session is refused in the rest of the batch', async () => {
  const { token, tokenId } = await app.asAlice();
  const ctx = app.durin.createContext(requestOf({ token }));
  const call = (path: string, batchIndex: number, input?: unknown) => {
    const procedure = (app.router._def.procedures as unknown as Record<string, (options: object) => Promise<unknown>>)[
      path
    ];
    return procedure?.({ ctx, path, batchIndex, getRawInput: async () => input, type: 'query', signal: undefined });
  };
  const [before, revoked, after] = await Promise.allSettled([
    call('admin.clients.list', 0),
    call('admin.tokens.revoke', 1, { id: tokenId }),
    call('admin.clients.list', 2),
  ]);
  expect([before.status, revoked.status]).toEqual(['fulfilled', 'fulfilled']);
  expect(after).toMatchObject({ status: 'rejected', reason: { durin: { code: 'INVALID_TOKEN' } } });
});

test("the rate of the admin's client holds for the admin as well", async () => {
  onTestFinished(async () => void (await app.durin.clients.update('cli', { throttleRate: null })));
  await app.durin.clients.update('cli', { throttleRate: '1/h' });
  const caller = app.callAs({ token: await issue('alice') });
  await caller.admin.clients.list();
  await expect(caller.admin.clients.list()).rejects.toMatchObject({ durin: { code: 'THROTTLED' } });
});

test('no answer of the router is to be stored by caches', async () => {
  const wire = createWire(app.router, app.durin);
  const token = await issue('alice');
  const answer = await wire.call('admin.tokens.issue', { token, input: { user: app.bob.id, client: 'api' } });
  expect(answer).toMatchObject({ status: 200, data: { token: expect.stringMatching(/^[0-9a-f]{64}$/) as string } });
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect((await wire.call('admin.tokens.list', { token })).headers.get('cache-control')).toBe('no-store');
});

test.for<[string, unknown, unknown, string]>([
  ['no durin', {}, { isAdmin: () => true }, 'createDurinAdmin: durin must be what createDurin gives'],
  ['nothing', null, { isAdmin: () => true }, 'createDurinAdmin: durin must be what createDurin gives'],
  ['no option', 'durin', undefined, 'createDurinAdmin: isAdmin is required'],
  ['no rule', 'durin', {}, 'createDurinAdmin: isAdmin is required'],
  ['a wrong rule', 'durin', { isAdmin: true }, 'createDurinAdmin: isAdmin must be a function'],
  ['an unknown option', 'durin', { isAdmin: () => true, admins: [] }, "createDurinAdmin: unknown option 'admins'"],
  [
    'a wrong option',
    'durin',
    { isAdmin: () => true, userLabel: 'x' },
    'createDurinAdmin: userLabel must be a function',
  ],
])('%s is refused when the admin is created', ([, given, options, message]) => {
  const create = () => createDurinAdmin((given === 'durin' ? app.durin : given) as never, options as never);
  expect(create).toThrow(new DurinUsageError(message));
});

test('a copy of a durin is none, and what makes one is not to be seen', () => {
  expect(() => createDurinAdmin({ ...app.durin }, { isAdmin: () => true })).toThrow(DurinUsageError);
  expect(Object.getOwnPropertySymbols({ ...app.durin })).toEqual([]);
  expect(inspect(app.durin, { depth: 1 })).not.toContain('admin access');
});
