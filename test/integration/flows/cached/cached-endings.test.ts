import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { password, requestOf, t } from '../../../support/app.ts';
import { type CachedApp, kinds, openCachedApp } from '../../../support/cache/cached-app.ts';
import { User } from '../../../support/entities.ts';

const twice = <T>(value: T) => [value, value];

describe.each(kinds)('the end of a cached session (%s) is seen in every process', (kind) => {
  let app: CachedApp;
  beforeAll(async () => {
    app = await openCachedApp(kind);
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    await app.here.tokens.revokeAll({ user: 1 });
  });

  const see = (token: string) => app.look(token, ({ user }) => user.username);

  /** A session that both processes have cached. */
  async function open(client: 'web' | 'cli' | 'api' = 'web') {
    const { token } = await app.login(client);
    await app.warm(token);
    expect(await see(token)).toEqual(twice('alice'));
    const { id } = await app.here.authenticate(token);
    return { token, id, call: () => app.callAs({ token }) };
  }

  test('logout', async () => {
    const { token, call } = await open();
    await call().auth.logout();
    expect(await see(token)).toEqual(twice('INVALID_TOKEN'));
  });

  test('logoutAll', async () => {
    const [web, cli] = [await open('web'), await open('cli')];
    await web.call().auth.logoutAll();
    expect(await see(web.token)).toEqual(twice('INVALID_TOKEN'));
    expect(await see(cli.token)).toEqual(twice('INVALID_TOKEN'));
  });

  test('sessions.revoke', async () => {
    const [web, cli] = [await open('web'), await open('cli')];
    await web.call().auth.sessions.revoke({ id: cli.id });
    expect(await see(cli.token)).toEqual(twice('INVALID_TOKEN'));
    expect(await see(web.token)).toEqual(twice('alice'));
  });

  test('sessions.revokeOthers, with and without API keys', async () => {
    const [web, cli, api] = [await open('web'), await open('cli'), await open('api')];
    expect(await web.call().auth.sessions.revokeOthers({ exceptApiAccess: true })).toEqual({ revoked: 1 });
    expect(await see(cli.token)).toEqual(twice('INVALID_TOKEN'));
    expect(await see(api.token)).toEqual(twice('alice'));
    await web.call().auth.sessions.revokeOthers();
    expect(await see(api.token)).toEqual(twice('INVALID_TOKEN'));
    expect(await see(web.token)).toEqual(twice('alice'));
  });

  test('apiAccess.delete', async () => {
    const web = await open('web');
    const { token } = await web.call().auth.apiAccess.create();
    await app.warm(token);
    await web.call().auth.apiAccess.delete();
    expect(await see(token)).toEqual(twice('INVALID_TOKEN'));
  });

  test('tokens.revoke', async () => {
    const { token, id } = await open();
    await app.here.tokens.revoke(id);
    expect(await see(token)).toEqual(twice('INVALID_TOKEN'));
  });

  test('tokens.revokeAll', async () => {
    const { token } = await open();
    await app.here.tokens.revokeAll({ user: 1 });
    expect(await see(token)).toEqual(twice('INVALID_TOKEN'));
  });

  test('tokens.issue, which replaces a token', async () => {
    const { token } = await open();
    const { token: newer } = await app.here.tokens.issue({ user: 1, client: 'web' });
    expect(await see(token)).toEqual(twice('INVALID_TOKEN'));
    expect(await see(newer)).toEqual(twice('alice'));
  });

  test('its expiry', async () => {
    const { token } = await app.here.tokens.issue({ user: 1, client: 'web', ttl: '30s' });
    await app.warm(token);
    app.clock.advance(29.999);
    expect(await see(token)).toEqual(twice('alice'));
    app.clock.advance(0.001);
    expect(await see(token)).toEqual(['TOKEN_EXPIRED', 'INVALID_TOKEN']);
  });

  test('a purge', async () => {
    const { token } = await app.here.tokens.issue({ user: 1, client: 'web', ttl: '30s' });
    await app.warm(token);
    app.clock.advance(30);
    expect(await app.here.tokens.purgeExpired()).toBe(1);
    await see(token); // whoever remembers it tells once that it is expired
    expect(await see(token)).toEqual(twice('INVALID_TOKEN'));
  });

  test('a refresh does not, and a longer expiry is honoured at once', async () => {
    const { token } = await app.here.tokens.issue({ user: 1, client: 'web' });
    app.clock.advance(86_370);
    await app.warm(token);
    const { expiry } = await app.callAs({ token }).auth.refresh();
    expect(await app.look(token, (auth) => auth.expiry)).toEqual(twice(expiry));
    app.clock.advance(59);
    expect(await see(token)).toEqual(twice('alice'));
  });

  test('a refresh to a shorter lifetime is seen at once', async () => {
    const { token } = await open();
    await app.here.clients.update('web', { tokenTtl: '20s' });
    await app.callAs({ token }).auth.refresh();
    app.clock.advance(20);
    expect(await see(token)).toEqual(['TOKEN_EXPIRED', 'INVALID_TOKEN']);
    await app.here.clients.update('web', { tokenTtl: '1d' });
  });

  test('tokens.renew, which changes its expiry', async () => {
    const { token } = await app.here.tokens.issue({ user: 1, client: 'web' });
    await app.warm(token);
    app.clock.advance(10);
    const { id } = await app.here.authenticate(token);
    const { expiry } = await app.here.tokens.renew(id);
    expect(await app.look(token, (auth) => auth.expiry)).toEqual(twice(expiry));
  });

  test('users.forget, after SQL deactivated the user', async () => {
    const { token } = await open();
    await app.orm.em.fork().nativeUpdate(User, { id: 1 }, { isActive: false });
    await app.here.users.forget(1);
    expect(await see(token)).toEqual(twice('USER_INACTIVE'));
    await app.orm.em.fork().nativeUpdate(User, { id: 1 }, { isActive: true });
    await app.here.users.forget(1);
    expect(await see(token)).not.toContain('alice');
  });

  test('users.forget, after SQL deleted the user', async () => {
    const { token } = await app.here.tokens.issue({ user: 2, client: 'web' });
    await app.warm(token);
    await app.orm.em.fork().nativeDelete(User, { id: 2 });
    await app.here.users.forget(2);
    expect(await see(token)).toEqual(twice('INVALID_TOKEN'));
  });

  test('a login that rotates the token', async () => {
    const rotating = app.start({ rotateTokenOnLogin: true });
    const { token } = await rotating.tokens.issue({ user: 1, client: 'web' });
    await app.warm(token);
    expect(await rotating.authenticate(token)).toMatchObject({ client: { name: 'web' } });
    const router = t.router({ auth: rotating.durinRouter });
    const caller = router.createCaller(rotating.createContext(requestOf()));
    await caller.auth.login({ username: 'alice', password, client: 'web' });
    await expect(rotating.authenticate(token)).rejects.toMatchObject({ durin: { code: 'INVALID_TOKEN' } });
    const others = kind === 'memory' ? [] : await see(token); // without a store other processes cannot know
    expect(others).not.toContain('alice');
    await rotating.close();
  });
});
