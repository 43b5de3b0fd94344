import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { internalsOf } from '../../../src/durin/internals.ts';
import { type AdminApp, openAdminApp } from '../../support/admin-app.ts';
import { AuthToken } from '../../support/entities.ts';

let app: AdminApp;
let admin: Awaited<ReturnType<AdminApp['asAlice']>>['admin'];
beforeAll(async () => {
  app = await openAdminApp();
});
beforeEach(async () => {
  await app.orm.em.fork().nativeDelete(AuthToken, {});
  ({ admin } = await app.asAlice());
});
afterAll(() => app.close());

const refused = (code: string) => ({ durin: expect.objectContaining({ code }) as object });

test("an issued token works and replaces the pair's old token", async () => {
  const before = await app.durin.tokens.issue({ user: app.bob, client: 'cli' });
  const { token, session } = await admin.tokens.issue({ user: app.bob.id, client: 'cli', ttl: '2h' });
  expect(session).toEqual({
    id: expect.any(String) as string,
    user: { id: app.bob.id, label: 'bob' },
    client: 'cli',
    name: null,
    preview: `${token.slice(0, 4)}…${token.slice(-4)}`,
    device: null,
    scopes: null,
    created: new Date(app.clock()),
    expiry: new Date(app.clock() + 7_200_000),
    hasExpired: false,
    expiresIn: '2 hours',
    lastUsedAt: null,
    ipAddress: null,
    userAgent: null,
    replaces: null,
    replacedBy: null,
  });
  expect(await admin.tokens.get({ id: session.id })).toEqual(session);
  expect(await app.callAs({ token }).me()).toBe('bob');
  await expect(app.callAs({ token: before.token }).me()).rejects.toMatchObject(refused('INVALID_TOKEN'));
  expect((await admin.tokens.issue({ user: app.bob.id, client: 'cli', ttl: null })).session.expiry).toBeNull();
  const withDefaultTtl = await admin.tokens.issue({ user: app.bob.id, client: 'web' });
  expect(withDefaultTtl.session.expiry).toEqual(new Date(app.clock() + 86_400_000));
});

test('an unknown user or client is reported at its field', async () => {
  await expect(admin.tokens.issue({ user: 4711, client: 'cli' })).rejects.toMatchObject({
    durin: { code: 'USER_NOT_FOUND', fields: { user: ['There is no such user.'] } },
  });
  await expect(admin.tokens.issue({ user: app.bob.id, client: 'nope' })).rejects.toMatchObject({
    durin: { code: 'UNKNOWN_CLIENT', fields: { client: ['There is no client with that name.'] } },
  });
  const wrong = { user: app.bob.id, client: 'cli', ttl: '0s' } as const;
  await expect(admin.tokens.issue(wrong)).rejects.toMatchObject({
    durin: { code: 'INVALID_INPUT', fields: { ttl: [/* one */ expect.stringContaining('duration')] } },
  });
  expect((await admin.tokens.list({ user: app.bob.id })).items).toEqual([]);
});

test('a revoked token is refused at the next call', async () => {
  const { token, session } = await admin.tokens.issue({ user: app.bob.id, client: 'cli' });
  const bob = app.callAs({ token });
  expect(await bob.me()).toBe('bob');
  await admin.tokens.revoke({ id: session.id.toUpperCase() });
  await expect(app.callAs({ token }).me()).rejects.toMatchObject(refused('INVALID_TOKEN'));
  await expect(admin.tokens.get({ id: session.id })).rejects.toMatchObject(refused('TOKEN_NOT_FOUND'));
});

test.for(['', 'nope', '0', randomUUID()])('there is no token with the id "%s"', async (id) => {
  await expect(admin.tokens.get({ id })).rejects.toMatchObject(refused('TOKEN_NOT_FOUND'));
  await expect(admin.tokens.revoke({ id })).rejects.toMatchObject(refused('TOKEN_NOT_FOUND'));
});

test('revokeAllOf revokes all tokens of one user only', async () => {
  const { token } = await admin.tokens.issue({ user: app.bob.id, client: 'cli' });
  await admin.tokens.issue({ user: app.bob.id, client: 'api' });
  expect(await admin.tokens.revokeAllOf({ user: String(app.bob.id) })).toEqual({ revoked: 2 });
  await expect(app.callAs({ token }).me()).rejects.toMatchObject(refused('INVALID_TOKEN'));
  expect((await admin.tokens.list()).items.map(({ user }) => user.label)).toEqual(['alice']);
});

test('expired tokens are listed as expired, and purged', async () => {
  await admin.tokens.issue({ user: app.bob.id, client: 'cli', ttl: 1 });
  await admin.tokens.issue({ user: app.bob.id, client: 'api' });
  app.clock.advance(1);
  const expired = await admin.tokens.list({ state: 'expired' });
  expect(expired.items).toMatchObject([{ client: 'cli', hasExpired: true, expiresIn: '0 seconds' }]);
  expect((await admin.tokens.list({ state: 'valid' })).items.map(({ client }) => client).toSorted()).toEqual([
    'api',
    'web',
  ]);
  expect(await admin.tokens.purgeExpired()).toEqual({ purged: 1 });
  expect(await admin.tokens.list({ state: 'expired' })).toEqual({ items: [], nextCursor: null, isSearchCut: false });
});

test('purges and revocations do not count as operations under way', async () => {
  const underWay = internalsOf(app.durin)?.issuesUnderWay;
  if (underWay === undefined) throw new Error('this is no durin');
  const begin = vi.spyOn(underWay, 'begin');
  await admin.tokens.purgeExpired();
  await admin.tokens.revokeAllOf({ user: app.bob.id });
  expect(begin).not.toHaveBeenCalled();
  await admin.tokens.issue({ user: app.bob.id, client: 'cli' });
  expect(begin).toHaveBeenCalledTimes(2); // one from the call's first moment, one until the token is stored
  begin.mockRestore();
});

test('tokens are searched by user name, and filtered by user and client', async () => {
  const [carol] = await app.addUsers(['Carol 100%']);
  await admin.tokens.issue({ user: carol?.id ?? 0, client: 'cli' });
  await admin.tokens.issue({ user: app.bob.id, client: 'cli' });
  await admin.tokens.issue({ user: app.bob.id, client: 'api' });
  const found = async (input: Parameters<typeof admin.tokens.list>[0]) =>
    (await admin.tokens.list({ sort: 'expiry', ...input })).items
      .map(({ user, client }) => `${user.label}: ${client}`)
      .toSorted();
  expect(await found({ search: 'AROL' })).toEqual(['Carol 100%: cli']);
  expect(await found({ search: '0%' })).toEqual(['Carol 100%: cli']);
  expect(await found({ search: 'o' })).toEqual(['Carol 100%: cli', 'bob: api', 'bob: cli']);
  expect(await found({ search: 'o', client: 'api' })).toEqual(['bob: api']);
  expect(await found({ search: 'nobody' })).toEqual([]);
  expect(await found({ search: '' })).toHaveLength(4);
  expect(await found({ user: app.bob.id })).toEqual(['bob: api', 'bob: cli']);
  expect(await found({ user: String(app.bob.id), search: 'BOB' })).toEqual(['bob: api', 'bob: cli']);
  expect(await found({ user: app.bob.id, search: 'arol' })).toEqual([]);
  expect(await found({ user: 4711 })).toEqual([]);
  expect(await found({ client: 'nope' })).toEqual([]);
});

test('a search with too many users is cut, but exact names are found', async () => {
  const users = await app.addUsers(
    Array.from({ length: 101 }, (_, index) => `crowd ${String(index).padStart(3, '0')}`),
  );
  const last = users.at(-1)?.id ?? 0;
  await admin.tokens.issue({ user: last, client: 'cli' });
  expect(await admin.tokens.list({ search: 'crowd' })).toEqual({ items: [], nextCursor: null, isSearchCut: true });
  expect(await admin.tokens.list({ search: 'crowd', user: last })).toMatchObject({ items: [], isSearchCut: true });
  const exact = await admin.tokens.list({ search: 'crowd 100' });
  expect(exact).toMatchObject({ items: [{ user: { id: last } }], isSearchCut: false });
});
