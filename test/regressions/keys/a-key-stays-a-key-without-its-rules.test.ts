import { expect, test } from 'vitest';
import { password, requestOf } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';
import { createKeysDurin, createKeysRouter, refusal, useKeysApp } from '../../support/keys/keys-app.ts';

const app = useKeysApp();
const answerOf = (call: Promise<unknown>) => call.then(() => 'answered', codeOf);

/** A second durin on the same tables, whose client `api` has no `keys`. */
function createWithoutKeys() {
  const durin = createKeysDurin(app, null);
  const callAs = (caller: { token: string }) =>
    createKeysRouter(durin).createCaller(durin.createContext(requestOf(caller)));
  return { durin, callAs };
}

test('where its client has no keys, a key may log out alone', async () => {
  const { keys, events } = await app.enter({ fullAccess: true });
  const { durin, callAs } = createWithoutKeys();
  for (const key of [await keys.create({ name: 'A' }), await keys.create({ name: 'B', ttl: '1h' })]) {
    const asKey = callAs(key);
    expect(
      new Set(await Promise.all([asKey.read(), asKey.me(), asKey.anyone(), asKey.search()].map(answerOf))),
    ).toEqual(new Set(['CLIENT_NOT_ALLOWED']));
    await expect(asKey.auth.refresh()).rejects.toMatchObject(refusal('CLIENT_NOT_ALLOWED'));
    await expect(asKey.auth.apiAccess.get()).rejects.toMatchObject(refusal('CLIENT_NOT_ALLOWED'));
    await expect(durin.authenticate(key.token)).rejects.toMatchObject(refusal('CLIENT_NOT_ALLOWED'));
    await asKey.auth.logout();
  }
  expect(events.of('tokenIssued')).toHaveLength(2);
});

test('a key that the server issued or rolled is one, too', async () => {
  const { durin, keys } = await app.enter();
  const issued = [
    await durin.tokens.issue({ user: 1, client: 'api' }),
    await durin.tokens.issue({ user: 1, client: 'api', ttl: null }),
    await keys.roll({ id: (await keys.create({ name: 'A' })).id }),
  ];
  const { callAs } = createWithoutKeys();
  for (const { token } of issued)
    await expect(callAs({ token }).me()).rejects.toMatchObject(refusal('CLIENT_NOT_ALLOWED'));
});

test('a login where its client has no keys replaces a key', async () => {
  const { keys, callAs } = await app.enter();
  const key = await keys.create({ name: 'A', scopes: ['read'] });
  const without = createWithoutKeys();
  const login = { username: 'alice', password, client: 'api' } as const;
  const { token } = await without.callAs({ token: '' }).auth.login(login);
  expect(token).not.toBe(key.token);
  expect(await without.callAs({ token }).me()).toEqual(expect.any(String));
  await expect(callAs(key).read()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
});

test('a token from before its client had keys is a key where it has', async () => {
  const { callAs } = await app.enter();
  const { token } = await createWithoutKeys().durin.tokens.issue({ user: 1, client: 'api' });
  expect(await callAs({ token }).read()).toEqual(expect.any(String));
  await expect(callAs({ token }).me()).rejects.toMatchObject(refusal('INSUFFICIENT_SCOPE'));
});

test('nothing renews a key, which is rolled instead', async () => {
  const { durin, keys } = await app.enter();
  const [month, never] = [await keys.create({ name: 'A' }), await keys.create({ name: 'B', ttl: null })];
  expect(await durin.tokens.renew(never.id)).toEqual({ expiry: null });
  app.clock.advance(86_400);
  expect(await durin.tokens.renew(month.id)).toEqual({ expiry: month.expiry });
});

test('a client with keys or scopes is not renamed', async () => {
  const { durin } = await app.enter();
  await expect(durin.clients.update('api', { name: 'partner' })).rejects.toThrow('name: "api" cannot be renamed');
  await expect(durin.clients.update('cli', { name: 'tool' })).rejects.toThrow('name: "cli" cannot be renamed');
  expect(await durin.clients.update('api', { name: 'api', tokenTtl: '30d' })).toMatchObject({ name: 'api' });
});
