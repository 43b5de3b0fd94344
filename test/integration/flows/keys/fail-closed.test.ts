import { describe, expect, test } from 'vitest';
import { createDurinAdmin } from '../../../../src/admin/index.ts';
import { password, requestOf } from '../../../support/app.ts';
import { codeOf } from '../../../support/arena.ts';
import { refusal, useKeysApp } from '../../../support/keys/keys-app.ts';

const app = useKeysApp();
const from = (ipAddress: string, { token }: { token: string }) => ({ token, ipAddress });
const answerOf = (call: Promise<unknown>) => call.then(() => 'answered', codeOf);

async function enterWithKey(options: Parameters<typeof app.enter>[0] = {}) {
  const entered = await app.enter(options);
  const key = await entered.keys.create({ name: 'A', scopes: ['read'] });
  return { ...entered, key, asKey: entered.callAs(key) };
}

test('a key reaches only guards that name a scope it holds', async () => {
  const { asKey, events } = await enterWithKey();
  expect({
    read: await answerOf(asKey.read()),
    write: await answerOf(asKey.write()),
    either: await answerOf(asKey.either()),
    me: await answerOf(asKey.me()),
    anyone: await answerOf(asKey.anyone()),
    search: await answerOf(asKey.search()),
    fromApi: await answerOf(asKey.fromApi()),
    open: await answerOf(asKey.open()),
  }).toEqual({
    read: 'answered',
    write: 'INSUFFICIENT_SCOPE',
    either: 'INSUFFICIENT_SCOPE',
    me: 'INSUFFICIENT_SCOPE',
    anyone: 'INSUFFICIENT_SCOPE',
    search: 'INSUFFICIENT_SCOPE',
    fromApi: 'INSUFFICIENT_SCOPE',
    open: 'answered', // it looks no token up
  });
  expect(events.of('denied').map(({ code, path }) => [code, path])).toContainEqual(['INSUFFICIENT_SCOPE', 'me']);
});

test('no scope would help where a guard names none', async () => {
  const { asKey } = await enterWithKey();
  await expect(asKey.me()).rejects.toMatchObject(refusal('INSUFFICIENT_SCOPE', { missing: [] }));
});

test('of the auth router, a key reaches logout alone', async () => {
  const { asKey, key, callAs, auth } = await enterWithKey();
  const { id } = key;
  const credentials = { username: 'alice', password };
  const calls = {
    refresh: asKey.auth.refresh(),
    reauthenticate: asKey.auth.reauthenticate(credentials),
    logoutAll: asKey.auth.logoutAll(),
    list: asKey.auth.sessions.list(),
    revoke: asKey.auth.sessions.revoke({ id }),
    rename: asKey.auth.sessions.rename({ id, name: 'B' }),
    revokeOthers: asKey.auth.sessions.revokeOthers(),
    listKeys: asKey.auth.keys.list(),
    createKey: asKey.auth.keys.create({ name: 'B' }),
    renameKey: asKey.auth.keys.rename({ id, name: 'B' }),
    revokeKey: asKey.auth.keys.revoke({ id }),
    rollKey: asKey.auth.keys.roll({ id }),
    getApiAccess: asKey.auth.apiAccess.get(),
    createApiAccess: asKey.auth.apiAccess.create(),
    deleteApiAccess: asKey.auth.apiAccess.delete(),
  };
  const codes = await Promise.all(Object.values(calls).map(answerOf));
  expect(new Set(codes)).toEqual(new Set(['CLIENT_NOT_ALLOWED']));
  expect(codes).toHaveLength(15);
  await asKey.auth.logout();
  await expect(callAs(key).read()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
  expect(await auth.sessions.list()).toHaveLength(1);
});

test('a key is refused by durin.authenticate and by the admin router', async () => {
  const { durin, key, events } = await enterWithKey();
  await expect(durin.authenticate(key.token)).rejects.toMatchObject(refusal('INSUFFICIENT_SCOPE', { missing: [] }));
  expect(events.of('denied')).toMatchObject([{ code: 'INSUFFICIENT_SCOPE', client: 'api', userId: 1, path: null }]);
  const { adminRouter } = createDurinAdmin(durin, { isAdmin: () => true });
  const admin = adminRouter.createCaller(durin.createContext(requestOf(key)));
  await expect(admin.clients.list()).rejects.toMatchObject(refusal('INSUFFICIENT_SCOPE'));
});

test('with full access, a key does what its user may', async () => {
  const { asKey, key, durin } = await enterWithKey({ fullAccess: true });
  expect(await asKey.me()).toBe(key.id);
  expect(await asKey.anyone()).toBe(key.id);
  expect((await durin.authenticate(key.token)).id).toBe(key.id);
  expect(await asKey.auth.sessions.list()).toHaveLength(2);
  await expect(asKey.write()).rejects.toMatchObject(refusal('INSUFFICIENT_SCOPE', { missing: ['write'] }));
  await expect(asKey.auth.keys.list()).rejects.toMatchObject(refusal('CLIENT_NOT_ALLOWED'));
});

test('no key refreshes itself, also with full access', async () => {
  const { asKey, keys, callAs, events } = await enterWithKey({ fullAccess: true });
  await expect(asKey.auth.refresh()).rejects.toMatchObject(refusal('CLIENT_NOT_ALLOWED'));
  expect(events.of('denied')).toMatchObject([{ code: 'CLIENT_NOT_ALLOWED', path: 'auth.refresh' }]);
  const [old] = await keys.list();
  const rolled = await keys.roll({ id: old?.id as string, overlap: '0s' });
  await expect(callAs(rolled).auth.refresh()).rejects.toMatchObject(refusal('CLIENT_NOT_ALLOWED'));
  expect(await asKey.me()).toBe(old?.id); // a refused call is no first use
});

test('with full access, a call of the auth router is the first use', async () => {
  const { asKey, keys, key, callAs } = await enterWithKey({ fullAccess: true });
  const rolled = await keys.roll({ id: key.id, overlap: '0s' });
  await callAs(rolled).auth.sessions.list();
  await expect(asKey.me()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
});

test('a key has a rate of its own', async () => {
  const { asKey, keys, callAs } = await enterWithKey({ rate: '2/m' });
  await asKey.read();
  await asKey.read();
  await expect(asKey.read()).rejects.toMatchObject(refusal('THROTTLED', { scope: 'key' }));
  const other = await keys.create({ name: 'B' });
  expect(await callAs(other).read()).toBe(other.id);
});

describe('where networks are named', () => {
  test('a key works from there alone', async () => {
    const { key, callAs, events } = await enterWithKey({ allowedNetworks: ['192.0.2.0/24', '2001:db8::/32'] });
    const at = (ipAddress: string) => answerOf(callAs(from(ipAddress, key)).read());
    expect(await at('192.0.2.7')).toBe('answered');
    expect(await at('::ffff:192.0.2.7')).toBe('answered');
    expect(await at('2001:db8::1')).toBe('answered');
    expect(await at('198.51.100.1')).toBe('NETWORK_NOT_ALLOWED');
    expect(events.of('denied')).toMatchObject([
      { code: 'NETWORK_NOT_ALLOWED', path: 'read', ipAddress: '198.51.100.1' },
    ]);
    await expect(callAs(from('198.51.100.1', key)).auth.logout()).rejects.toMatchObject(refusal('NETWORK_NOT_ALLOWED'));
  });

  test('an unknown address is refused', async () => {
    const { key, durin } = await enterWithKey({ allowedNetworks: ['192.0.2.0/24'], fullAccess: true });
    await expect(durin.authenticate(key.token)).rejects.toMatchObject(refusal('NETWORK_NOT_ALLOWED'));
  });

  test('they may depend on the user', async () => {
    const networks: Record<string, string[]> = { alice: ['192.0.2.1'], bob: [] };
    const { key, callAs } = await enterWithKey({
      allowedNetworks: (user) => networks[(user as { username: string }).username] ?? [],
    });
    expect(await callAs(from('192.0.2.1', key)).read()).toBe(key.id);
    networks['alice'] = ['192.0.2.2'];
    await expect(callAs(from('192.0.2.1', key)).read()).rejects.toMatchObject(refusal('NETWORK_NOT_ALLOWED'));
  });

  test.each<[string, () => unknown, string]>([
    ['a Promise', () => Promise.resolve([]), 'must not return a Promise'],
    ['no list', () => '192.0.2.1', 'must return a list of networks'],
    ['no network', () => ['here'], "'here' is no address or network"],
  ])('a function that returns %s lets no key in', async (_, allowedNetworks, sentence) => {
    const { asKey } = await enterWithKey({ allowedNetworks: allowedNetworks as () => string[] });
    await expect(asKey.read()).rejects.toMatchObject({
      code: 'INTERNAL_SERVER_ERROR',
      cause: { message: expect.stringContaining(sentence) as string },
    });
  });

  test('sessions are not held to them', async () => {
    const { token, callAs } = await enterWithKey({ allowedNetworks: ['192.0.2.0/24'] });
    expect(await callAs(from('198.51.100.1', { token })).me()).toEqual(expect.any(String));
  });
});
