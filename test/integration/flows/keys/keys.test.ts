import { describe, expect, test } from 'vitest';
import { createDurin } from '../../../../src/index.ts';
import { password, requestOf } from '../../../support/app.ts';
import { AuthToken } from '../../../support/entities.ts';
import { refusal, useKeysApp } from '../../../support/keys/keys-app.ts';

const app = useKeysApp();
const day = 86_400_000;

describe('a new key', () => {
  test('is shown with its token once', async () => {
    const { keys } = await app.enter();
    const { token, ...view } = await keys.create({ name: ' CI ' });
    expect(view).toEqual({
      id: expect.any(String) as string,
      name: 'CI',
      preview: `${token.slice(0, 9)}…${token.slice(-4)}`,
      scopes: ['read', 'write'],
      created: new Date(app.clock()),
      expiry: new Date(app.clock() + 30 * day),
      hasExpired: false,
      expiresIn: '30 days',
      lastUsedAt: null,
      replaces: null,
    });
    expect(await keys.list()).toEqual([view]);
  });

  test('has the scopes that were asked for, in the order of the option', async () => {
    const { keys, callAs } = await app.enter();
    const { token, id, scopes } = await keys.create({ name: 'A', scopes: ['write', 'read'] });
    expect(scopes).toEqual(['read', 'write']);
    expect(await callAs({ token }).read()).toBe(id);
    const narrow = await keys.create({ name: 'B', scopes: ['read'] });
    await expect(callAs(narrow).write()).rejects.toMatchObject(refusal('INSUFFICIENT_SCOPE', { missing: ['write'] }));
  });

  test.each<[string, ('read' | 'admin')[], string[]]>([
    ['admin', ['admin'], ['admin']],
    ['each that is missing, once', ['read', 'admin', 'admin'], ['admin']],
  ])('is refused a scope that its client may not have: %s', async (_, scopes, missing) => {
    const { keys } = await app.enter();
    await expect(keys.create({ name: 'A', scopes })).rejects.toMatchObject(refusal('INSUFFICIENT_SCOPE', { missing }));
  });

  test('is refused if it names more scopes than an app may have', async () => {
    const { keys } = await app.enter();
    const many = (length: number) => keys.create({ name: 'A', scopes: Array.from({ length }, () => 'read' as const) });
    await expect(many(257)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
    expect(await many(256)).toMatchObject({ scopes: ['read'] });
  });

  test.each([[['delete']], [[]], ['read']])('is refused if its scopes are %j', async (scopes) => {
    const { keys } = await app.enter();
    await expect(keys.create({ name: 'A', scopes: scopes as 'read'[] })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  test('has no more scopes than the session that creates it', async () => {
    const { durin, callAs } = await app.enter();
    const limited = await durin.tokens.issue({ user: 1, client: 'cli' });
    const { keys } = callAs(limited).auth;
    const key = await keys.create({ name: 'A' });
    expect(key.scopes).toEqual(['read']);
    expect(await app.orm.em.fork().findOneOrFail(AuthToken, key.id)).toMatchObject({ scopes: ['read'] });
    await expect(keys.create({ name: 'B', scopes: ['write'] })).rejects.toMatchObject(
      refusal('INSUFFICIENT_SCOPE', { missing: ['write'] }),
    );
  });

  test('has no more scopes than its user', async () => {
    const { durin, callAs } = await app.enter();
    const bob = await durin.tokens.issue({ user: 2, client: 'web' });
    const key = await callAs(bob).auth.keys.create({ name: `of bob ${bob.auth.id.slice(0, 8)}` });
    expect(key.scopes).toEqual(['read']);
    expect(await app.orm.em.fork().findOneOrFail(AuthToken, key.id)).toMatchObject({ scopes: null });
    await durin.tokens.revokeAll({ user: 2 });
  });

  test('lives as long as is asked, up to maxTtl', async () => {
    const { keys } = await app.enter({ ttl: '7d', maxTtl: '90d' });
    expect((await keys.create({ name: 'A' })).expiry).toEqual(new Date(app.clock() + 7 * day));
    expect((await keys.create({ name: 'B', ttl: '90d' })).expiry).toEqual(new Date(app.clock() + 90 * day));
    for (const ttl of ['91d', null] as const) {
      const refused = keys.create({ name: 'C', ttl });
      await expect(refused).rejects.toMatchObject({
        code: 'BAD_REQUEST',
        message: expect.stringContaining('maxTtl') as string,
      });
    }
    await expect(keys.create({ name: 'C', ttl: '0s' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  test('never expires if it was created so', async () => {
    const { keys } = await app.enter();
    expect(await keys.create({ name: 'A', ttl: null })).toMatchObject({ expiry: null, expiresIn: 'never' });
  });

  test('needs a fresh session if the app says so', async () => {
    const { keys } = await app.enter({ fresh: '15m' });
    await expect(keys.create({ name: 'A' })).rejects.toMatchObject(
      refusal('REAUTHENTICATION_REQUIRED', { maxAge: 900 }),
    );
  });
});

describe('names', () => {
  test('are unique among the unexpired keys of a user', async () => {
    const { keys } = await app.enter();
    const { id } = await keys.create({ name: 'CI', ttl: '1d' });
    await expect(keys.create({ name: ' ci ' })).rejects.toMatchObject(refusal('KEY_NAME_TAKEN'));
    app.clock.advance(86_400);
    await keys.create({ name: 'ci' });
    expect((await keys.list()).map(({ hasExpired }) => hasExpired)).toEqual([false, true]);
    await expect(keys.rename({ id, name: 'other' })).rejects.toMatchObject(refusal('KEY_NOT_FOUND'));
  });

  test.each(['', ' ', 'x'.repeat(65), 'a\nb'])('must be names: %j', async (name) => {
    const { keys } = await app.enter();
    await expect(keys.create({ name })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  });

  test('can be changed, also in case alone', async () => {
    const { keys } = await app.enter();
    const { id } = await keys.create({ name: 'CI' });
    await keys.create({ name: 'Deploy' });
    await expect(keys.rename({ id, name: 'deploy' })).rejects.toMatchObject(refusal('KEY_NAME_TAKEN'));
    await keys.rename({ id: id.toUpperCase(), name: 'ci' });
    expect((await keys.list()).map(({ name }) => name).toSorted()).toEqual(['Deploy', 'ci']);
  });

  test('are not changed by sessions.rename', async () => {
    const { keys, auth } = await app.enter();
    const { id } = await keys.create({ name: 'CI' });
    await expect(auth.sessions.rename({ id, name: 'other' })).rejects.toMatchObject(refusal('SESSION_NOT_FOUND'));
  });
});

test('a user has as many keys as the client allows', async () => {
  const { keys } = await app.enter({ max: 2 });
  const { id } = await keys.create({ name: 'A' });
  await keys.create({ name: 'B' });
  await expect(keys.create({ name: 'C' })).rejects.toMatchObject(refusal('KEY_LIMIT'));
  await keys.revoke({ id });
  await keys.create({ name: 'C' });
});

test('a revoked key is refused, and reported once', async () => {
  const { keys, callAs, events } = await app.enter();
  const { token, id } = await keys.create({ name: 'A' });
  expect(await callAs({ token }).read()).toBe(id);
  await keys.revoke({ id });
  await expect(callAs({ token }).read()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
  await expect(keys.revoke({ id })).rejects.toMatchObject(refusal('KEY_NOT_FOUND'));
  expect(events.of('tokenRevoked')).toMatchObject([{ tokenId: id, client: 'api', reason: 'revoked' }]);
});

test('an expired key stays in the list until it is revoked or purged', async () => {
  const { keys, events } = await app.enter();
  const { id } = await keys.create({ name: 'A', ttl: '1h' });
  app.clock.advance(3600);
  expect(await keys.list()).toMatchObject([{ id, hasExpired: true }]);
  await keys.revoke({ id });
  expect(await keys.list()).toEqual([]);
  expect(events.of('tokenExpired')).toMatchObject([{ tokenId: id }]);
});

test('the list can show only keys that are not used', async () => {
  const { keys, callAs, durin } = await app.enter();
  const used = await keys.create({ name: 'used' });
  await keys.create({ name: 'unused' });
  app.clock.advance(3600);
  await callAs(used).read();
  await durin.flush();
  await keys.create({ name: 'new' });
  expect((await keys.list({ unusedFor: '1h' })).map(({ name }) => name)).toEqual(['unused']);
  expect((await keys.list()).find(({ id }) => id === used.id)?.lastUsedAt).toEqual(new Date(app.clock()));
  await expect(keys.list({ unusedFor: 'soon' as '1h' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});

test('nobody finds the keys of another user', async () => {
  const { keys, durin, callAs } = await app.enter();
  const { id } = await keys.create({ name: 'A' });
  const bob = callAs(await durin.tokens.issue({ user: 2, client: 'web' })).auth.keys;
  expect(await bob.list()).toEqual([]);
  const notFound = refusal('KEY_NOT_FOUND');
  await expect(bob.revoke({ id })).rejects.toMatchObject(notFound);
  await expect(bob.roll({ id })).rejects.toMatchObject(notFound);
  await expect(bob.rename({ id, name: 'B' })).rejects.toMatchObject(notFound);
  await expect(bob.revoke({ id: 'none' })).rejects.toMatchObject(notFound);
  expect(await keys.list()).toMatchObject([{ id }]);
  await durin.tokens.revokeAll({ user: 2 });
});

test('a client outside createFrom is refused', async () => {
  const { durin, callAs, events } = await app.enter({ createFrom: ['web'] });
  const { keys } = callAs(await durin.tokens.issue({ user: 1, client: 'cli' })).auth;
  const refused = refusal('CLIENT_NOT_ALLOWED');
  await expect(keys.list()).rejects.toMatchObject(refused);
  await expect(keys.create({ name: 'A' })).rejects.toMatchObject(refused);
  expect(events.of('denied')).toMatchObject([
    { code: 'CLIENT_NOT_ALLOWED', client: 'cli', path: 'auth.keys.list' },
    { path: 'auth.keys.create' },
  ]);
});

test('nobody signs in to a client with keys', async () => {
  const { durin, events } = await app.enter();
  const ctx = durin.createContext(requestOf());
  const login = durin.durinRouter.createCaller(ctx).login({ username: 'alice', password, client: 'api' });
  await expect(login).rejects.toMatchObject(refusal('CLIENT_NOT_ALLOWED'));
  const user = await app.orm.em.fork().findOneOrFail(app.options.entities.User, 1);
  await expect(durin.signIn({ user, client: 'api', ctx })).rejects.toMatchObject(refusal('CLIENT_NOT_ALLOWED'));
  expect(events.of('loginFailed').map(({ code }) => code)).toEqual(['CLIENT_NOT_ALLOWED', 'CLIENT_NOT_ALLOWED']);
});

test('the server issues keys beside those that there are', async () => {
  const { durin, keys, callAs } = await app.enter({ max: 2, ttl: '7d' });
  await keys.create({ name: 'A' });
  const issued = await durin.tokens.issue({ user: 1, client: 'api', name: 'B', scopes: ['read'] });
  expect(issued).toMatchObject({ ended: [], auth: { expiry: new Date(app.clock() + 7 * day), scopes: ['read'] } });
  expect(await callAs(issued).read()).toBe(issued.auth.id);
  expect((await keys.list()).map(({ name }) => name).toSorted()).toEqual(['A', 'B']);
  const another = (name: string) => durin.tokens.issue({ user: 1, client: 'api', name });
  await expect(another('a')).rejects.toMatchObject(refusal('KEY_NAME_TAKEN'));
  await expect(another('C')).rejects.toMatchObject(refusal('KEY_LIMIT'));
});

test('sessions show keys, and can leave them out', async () => {
  const { keys, auth, durin, token } = await app.enter();
  const { id } = await keys.create({ name: 'A' });
  expect((await auth.sessions.list()).map((session) => session.id)).toContain(id);
  expect(await auth.sessions.revokeOthers({ exceptApiAccess: true })).toEqual({ revoked: 0 });
  const hiding = createDurin({
    ...app.options,
    tokenPrefix: 'acme_',
    clients: { web: {}, api: { keys: {} } },
    apiAccess: { excludeFromSessions: true },
  });
  const hidden = hiding.durinRouter.createCaller(hiding.createContext(requestOf({ token }))).sessions;
  expect((await hidden.list()).map((session) => session.id)).not.toContain(id);
  await expect(hidden.revoke({ id })).rejects.toMatchObject(refusal('SESSION_NOT_FOUND'));
  expect(await durin.tokens.revokeAll({ user: 1, exceptApiAccess: true })).toBe(1);
  expect(await durin.tokens.revokeAll({ user: 1 })).toBe(1);
});

test('an app without keys answers that there are none', async () => {
  const durin = createDurin(app.options);
  const { token } = await durin.tokens.issue({ user: 1, client: 'cli' });
  const { keys } = durin.durinRouter.createCaller(durin.createContext(requestOf({ token })));
  await expect(keys.list()).rejects.toMatchObject(refusal('API_ACCESS_DISABLED'));
  await expect(keys.create({ name: 'A' })).rejects.toMatchObject(refusal('API_ACCESS_DISABLED'));
});

test('with several clients that have keys, calls name one', async () => {
  const durin = createDurin({ ...app.options, clients: { web: {}, api: { keys: {} }, bots: { keys: { max: 1 } } } });
  await durin.clients.sync();
  await durin.tokens.revokeAll({ user: 1 });
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const { keys } = durin.durinRouter.createCaller(durin.createContext(requestOf({ token })));
  const { id } = await keys.create({ client: 'bots', name: 'A' });
  await keys.create({ client: 'api', name: 'A' });
  expect(await keys.list({ client: 'bots' })).toMatchObject([{ id }]);
  await expect(keys.revoke({ client: 'api', id })).rejects.toMatchObject(refusal('KEY_NOT_FOUND'));
  for (const client of [undefined, 'web', 'none'])
    await expect(keys.list({ client: client as 'api' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  await expect(keys.list()).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});
