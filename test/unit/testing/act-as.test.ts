import { afterEach, beforeEach, expect, test } from 'vitest';
import { type ActAsOptions, type ActingUser, actAs } from '../../../src/testing/index.ts';
import { type ActingApp, type ActingTypes, createActingApp, refusalOf } from './acting-app.ts';

const alice = { id: 1, username: 'alice' };

let app: ActingApp;
beforeEach(() => {
  app = createActingApp();
});
afterEach(() => app.durin.close());

/** A caller of the app's router. */
function as(user: ActingUser<ActingTypes> = alice, options: ActAsOptions<ActingTypes> = {}) {
  return actAs(app.durin, user, options).caller(app.router);
}

test('a user calls guarded procedures without a database', async () => {
  const caller = as();
  expect(await caller.me()).toEqual({ id: 1, username: 'alice', isActive: null, role: null, organization: null });
  expect(await caller.perhaps()).toBe('alice');
});

test('the session belongs to the first client, and has just begun', async () => {
  expect(await as().session()).toMatchObject({
    id: expect.stringMatching(/^[0-9a-f-]{36}$/),
    user: { username: 'alice' },
    client: { name: 'web', tokenTtl: 86_400, throttleRate: null },
    scopes: ['read', 'write'],
    created: new Date(app.clock()),
    expiresIn: '1 day',
  });
});

test('the guards judge the client', async () => {
  expect(await as(alice, { client: 'web' }).web()).toBe('web');
  expect(await refusalOf(as(alice, { client: 'cli' }).web())).toBe('CLIENT_NOT_ALLOWED');
});

test('the guards judge the scopes of token, client and user', async () => {
  expect(await as().write()).toEqual(['read', 'write']);
  expect(await refusalOf(as(alice, { scopes: ['read'] }).write())).toBe('INSUFFICIENT_SCOPE');
  expect(await as(alice, { client: 'cli' }).read()).toEqual(['read']);
  expect(await refusalOf(as({ ...alice, role: 'guest' }).read())).toBe('INSUFFICIENT_SCOPE');
});

test('the guards judge how fresh the session is', async () => {
  const caller = as();
  expect(await caller.fresh()).toBe('fresh');
  app.clock.advance(601);
  expect(await refusalOf(caller.fresh())).toBe('REAUTHENTICATION_REQUIRED');
  expect(await refusalOf(as(alice, { authenticatedAt: null }).fresh())).toBe('REAUTHENTICATION_REQUIRED');
  expect(await as(alice, { authenticatedAt: new Date(app.clock() - 60_000) }).fresh()).toBe('fresh');
});

test('the guards count the rates of the client and their own', async () => {
  const slow = as(alice, { client: 'slow' });
  expect([await slow.perhaps(), await refusalOf(slow.me()), await refusalOf(slow.me())]).toEqual([
    'alice',
    'none',
    'none',
  ]);
  expect(await refusalOf(slow.me())).toBe('THROTTLED');
  expect(await as().rare()).toBe('rare');
  expect(await refusalOf(as().rare())).toBe('THROTTLED');
  expect(await as({ id: 2, username: 'bob' }).rare()).toBe('rare');
});

test('an API key reaches what names a scope that it holds', async () => {
  const key = as(alice, { client: 'api', scopes: ['read'], ipAddress: '10.1.2.3' });
  expect(await key.read()).toEqual(['read']);
  expect(await refusalOf(key.me())).toBe('INSUFFICIENT_SCOPE');
  expect(await refusalOf(key.write())).toBe('INSUFFICIENT_SCOPE');
  expect(await refusalOf(key.auth.sessions.list())).toBe('CLIENT_NOT_ALLOWED');
  expect(await refusalOf(as(alice, { client: 'api', ipAddress: '192.0.2.1' }).read())).toBe('NETWORK_NOT_ALLOWED');
});

test('a user who is or becomes inactive is refused', async () => {
  expect(await refusalOf(as({ ...alice, isActive: false }).me())).toBe('USER_INACTIVE');
  const user = { ...alice, isActive: true };
  const caller = as(user);
  expect(await refusalOf(caller.me())).toBe('none');
  user.isActive = false;
  expect(await refusalOf(caller.me())).toBe('USER_INACTIVE');
});

test('the session expires by the clock, and a refresh moves that', async () => {
  const caller = as();
  app.clock.advance(80_000);
  await caller.auth.refresh();
  app.clock.advance(80_000);
  expect(await refusalOf(caller.me())).toBe('none');
  await caller.auth.refresh();
  app.clock.advance(12_800); // two days after the login
  expect(await refusalOf(caller.me())).toBe('TOKEN_EXPIRED');
  expect(await refusalOf(caller.me())).toBe('INVALID_TOKEN'); // as if its row were gone
});

test('a session without use expires by idling, and a use moves that', async () => {
  const used = as(alice, { client: 'kiosk' });
  const unused = as(alice, { client: 'kiosk' });
  app.clock.advance(3599);
  expect(await refusalOf(used.me())).toBe('none');
  app.clock.advance(3599);
  expect(await refusalOf(used.me())).toBe('none');
  expect(await refusalOf(unused.me())).toBe('TOKEN_EXPIRED');
});

test('a logout ends the session, and no other one', async () => {
  const [caller, other] = [as(), as()];
  await caller.auth.logout();
  expect(await refusalOf(caller.me())).toBe('INVALID_TOKEN');
  expect(await refusalOf(other.me())).toBe('none');
});

test('revoking the session ends it and its streams', async () => {
  const session = actAs(app.durin, alice);
  const revoked: unknown[] = [];
  app.durin.events.on('tokenRevoked', (event) => revoked.push(event));
  const stream = (await session.caller(app.router).ticks())[Symbol.asyncIterator]();
  expect((await stream.next()).value).toBe('open');
  const last = refusalOf(stream.next());
  expect(await app.durin.tokens.revoke(session.id)).toBe(true);
  expect(await last).toBe('INVALID_TOKEN');
  expect(await refusalOf(session.caller(app.router).me())).toBe('INVALID_TOKEN');
  expect(revoked).toEqual([{ tokenId: session.id, userId: 1, client: 'web', reason: 'revoked' }]);
  expect(await app.durin.tokens.renew(actAs(app.durin, alice).id)).toEqual({ expiry: expect.any(Date) });
});

test('the context and the headers present the same session', async () => {
  const session = actAs(app.durin, alice);
  expect(await app.router.createCaller(session.ctx).session()).toMatchObject({ id: session.id });
  expect(await app.durin.guard(session.headers)).toMatchObject({ id: session.id, user: { username: 'alice' } });
  expect(await app.durin.authenticate(new Request('http://localhost', { headers: session.headers }))).toMatchObject({
    id: session.id,
  });
});

test('no other durin accepts the token, though it has the secret', async () => {
  const other = createActingApp();
  const { headers } = actAs(app.durin, alice);
  expect(await refusalOf(other.durin.guard(headers))).toBe('STORE_UNAVAILABLE'); // it looks into its database
  await other.durin.close();
});

test('what concerns all sessions of a user needs a database', async () => {
  const caller = as();
  expect(await refusalOf(caller.auth.sessions.list())).toBe('STORE_UNAVAILABLE');
  expect(await refusalOf(app.durin.tokens.issue({ user: 1, client: 'web' }))).toBe('STORE_UNAVAILABLE');
});

test('uses are not written to the database, and closing is quiet', async () => {
  await as().me();
  await app.durin.flush();
  expect(await refusalOf(app.durin.close())).toBe('none');
});

/** Acts with inputs that the compiler refuses. */
const act = (user: unknown, options?: unknown) => () => actAs(app.durin, user as never, options as never);

test('a wrong input is named', () => {
  expect(() => actAs({} as never, alice as never)).toThrow('actAs: durin must be the object that createDurin');
  expect(act('alice')).toThrow('actAs: user must be a User, or a plain object like it');
  expect(act({ username: 'alice' })).toThrow('user must be a User that is stored, or its id');
  expect(act(alice, { client: 'wbe' })).toThrow("actAs: no client 'wbe' in the option clients");
  expect(act(alice, { scopes: ['raed'] })).toThrow("actAs: scopes: no scope 'raed' in the option scopes");
  expect(act(alice, { authenticatedAt: 0 })).toThrow('actAs: authenticatedAt must be a Date or null');
  expect(act(alice, { clinet: 'web' })).toThrow("actAs: unknown option 'clinet'");
});
