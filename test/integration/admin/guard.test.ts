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

/** The paths of an admin router with this `isAdmin`, and a function that calls them over HTTP. */
function proceduresWith(isAdmin: IsAdmin) {
  const { adminRouter } = createDurinAdmin(app.durin, { isAdmin: isAdmin as never });
  const router: AnyRouter = t.router({ admin: adminRouter });
  const wire = createWire(router, app.durin);
  const paths = Object.keys(router._def.procedures);
  expect(paths.length).toBeGreaterThan(15);
  return { paths, call: wire.call };
}

const issue = async (username: 'alice' | 'bob') =>
  (await app.durin.tokens.issue({ user: app[username], client: 'cli' })).token;

test('every procedure refuses anonymous calls without calling isAdmin', async () => {
  let asked = 0;
  const { paths, call } = proceduresWith(() => {
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

test('every procedure calls isAdmin and refuses others before its input', async () => {
  const asked: string[] = [];
  const { paths, call } = proceduresWith(({ user }) => {
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

test('every procedure lets an admin through to its input validation', async () => {
  const { paths, call } = proceduresWith(({ user }) => user.username === 'alice');
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
  'health',
  'clients.list',
  'clients.names',
  'tokens.list',
  'tokens.purgeExpired',
  'keys.clients',
  'scopes.list',
  'policy.list',
  'usage.clients',
  'usage.overTime',
  'usage.calls',
  'usage.callsByClient',
  'usage.activeUsers',
  'audit.list',
  'health',
]);

test.for<[string, IsAdmin]>([
  ['1', () => 1],
  ['an object', () => ({})],
  ['"true"', () => 'true'],
  ['undefined', () => undefined],
  ['a promise of false', () => Promise.resolve(false)],
])('isAdmin must return true: %s is refused', async ([, isAdmin]) => {
  const { paths, call } = proceduresWith(isAdmin);
  const token = await issue('alice');
  for (const path of paths) expect(await call(path, { token })).toMatchObject({ status: 403 });
});

test('isAdmin may return a promise of true', async () => {
  const { call } = proceduresWith(() => Promise.resolve(true));
  const answer = await call('admin.whoami', { token: await issue('alice') });
  expect(answer.data).toEqual({
    id: 1,
    label: 'alice',
    client: 'cli',
    role: 'admin',
    tokenId: expect.any(String) as string,
  });
});

const secretError = new Error('the password of the directory is hunter2');

test.for<[string, IsAdmin]>([
  ['throws', () => fail(secretError)],
  ['rejects', () => Promise.reject(secretError)],
  ['throws a string', () => fail('hunter2')],
  ['throws a refusal', () => fail(new DurinError('INVALID_TOKEN', { cause: secretError }))],
])('if isAdmin %s, nobody gets in or sees its message', async ([, isAdmin]) => {
  const { paths, call } = proceduresWith(isAdmin);
  const token = await issue('alice');
  for (const path of paths) {
    const { status, text, error } = await call(path, { token });
    expect({ path, status, message: error?.message }).toEqual({ path, status: 500, message: 'Internal server error' });
    expect(text).not.toContain('hunter2');
    expect(text).not.toContain('stack');
  }
});

test('an outage in isAdmin is reported as STORE_UNAVAILABLE', async () => {
  const { call } = proceduresWith(() => Promise.reject(Object.assign(new Error('gone'), { code: 'ECONNREFUSED' })));
  const answer = await call('admin.clients.list', { token: await issue('alice') });
  expect(answer).toMatchObject({ status: 503, error: { data: { durin: { code: 'STORE_UNAVAILABLE' } } } });
});

test('an isAdmin that never settles is bounded by databaseTimeout', async () => {
  const durin = createDurin({ ...requiredOptions(app.orm), clients, databaseTimeout: 1 });
  onTestFinished(() => durin.close());
  const { adminRouter } = createDurinAdmin(durin, { isAdmin: () => new Promise(() => {}) });
  const { token } = await durin.tokens.issue({ user: app.bob, client: 'api' });
  const caller = adminRouter.createCaller(durin.createContext(requestOf({ token })));
  await expect(caller.clients.list()).rejects.toMatchObject({ durin: { code: 'STORE_UNAVAILABLE' } });
});

test('a user who stops being an admin is refused at the next call', async () => {
  const admins = new Set(['alice']);
  const { call } = proceduresWith(({ user }) => admins.has(user.username));
  const token = await issue('alice');
  expect(await call('admin.clients.list', { token })).toMatchObject({ status: 200 });
  admins.clear();
  expect(await call('admin.clients.list', { token })).toMatchObject({ status: 403 });
});

test('revoking your own session refuses the rest of the batch', async () => {
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

test("the rate of the admin's client applies to the admin too", async () => {
  onTestFinished(async () => void (await app.durin.clients.update('cli', { throttleRate: null })));
  await app.durin.clients.update('cli', { throttleRate: '1/h' });
  const caller = app.callAs({ token: await issue('alice') });
  await caller.admin.clients.list();
  await expect(caller.admin.clients.list()).rejects.toMatchObject({ durin: { code: 'THROTTLED' } });
});

test('responses of the router are not cacheable', async () => {
  const wire = createWire(app.router, app.durin);
  const token = await issue('alice');
  const answer = await wire.call('admin.tokens.issue', { token, input: { user: app.bob.id, client: 'api' } });
  expect(answer).toMatchObject({ status: 200, data: { token: expect.stringMatching(/^[0-9a-f]{64}$/) as string } });
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect((await wire.call('admin.tokens.list', { token })).headers.get('cache-control')).toBe('no-store');
});

test.for<[string, unknown, unknown, string]>([
  [
    'an object that is not a durin',
    {},
    { isAdmin: () => true },
    'createDurinAdmin: durin must be the object that createDurin returns',
  ],
  ['null', null, { isAdmin: () => true }, 'createDurinAdmin: durin must be the object that createDurin returns'],
  ['missing options', 'durin', undefined, 'createDurinAdmin: isAdmin is required'],
  ['a missing isAdmin', 'durin', {}, 'createDurinAdmin: isAdmin is required'],
  ['an isAdmin that is not a function', 'durin', { isAdmin: true }, 'createDurinAdmin: isAdmin must be a function'],
  ['an unknown option', 'durin', { isAdmin: () => true, admins: [] }, "createDurinAdmin: unknown option 'admins'"],
  [
    'an invalid option',
    'durin',
    { isAdmin: () => true, userLabel: 'x' },
    'createDurinAdmin: userLabel must be a function',
  ],
])('createDurinAdmin refuses %s', ([, given, options, message]) => {
  const create = () => createDurinAdmin((given === 'durin' ? app.durin : given) as never, options as never);
  expect(create).toThrow(new DurinUsageError(message));
});

test('a copy of a durin is refused, and its internals stay hidden', () => {
  expect(() => createDurinAdmin({ ...app.durin }, { isAdmin: () => true })).toThrow(DurinUsageError);
  expect(Object.getOwnPropertySymbols({ ...app.durin })).toEqual([]);
  expect(inspect(app.durin, { depth: 1 })).not.toContain('admin access');
});
