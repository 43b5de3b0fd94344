import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { createDurin } from '../../../src/index.ts';
import { openApp, password, requestOf, t } from '../../support/app.ts';
import { AuthToken, User } from '../../support/entities.ts';

const minute = 60;

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  await app.durin.tokens.revokeAll({ user: 1 });
  await app.durin.clients.update('web', { maxSessions: 3, atLimit: 'end-oldest', idleTtl: null });
  await app.durin.clients.update('api', { maxSessions: 1 });
});

/** Another process, which has not yet seen what a client allows. */
const newDurin = (options: object = {}) =>
  createDurin({ ...app.options, apiAccess: { clientName: 'api' }, ...options });

function callerOf(durin: ReturnType<typeof newDurin>, token?: string, userAgent?: string) {
  const router = t.router({ auth: durin.durinRouter, me: durin.authedProcedure.query(({ ctx }) => ctx.auth.id) });
  return router.createCaller(durin.createContext(requestOf({ token, ...(userAgent !== undefined && { userAgent }) })));
}

const alice = { username: 'alice', password };

test('a login has a name and a device, and can be renamed by its user', async () => {
  const firefox = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0';
  const { token } = await callerOf(newDurin(), undefined, firefox).auth.login({
    ...alice,
    client: 'web',
    deviceName: 'Laptop',
  });
  const { sessions } = callerOf(newDurin(), token).auth;
  const [session] = await sessions.list();
  const device = { browser: 'Firefox', os: 'Windows', type: 'desktop' };
  expect(session).toMatchObject({ name: 'Laptop', device, isCurrent: true });
  await sessions.rename({ id: session?.id ?? '', name: 'Old laptop' });
  expect(await sessions.list()).toMatchObject([{ name: 'Old laptop' }]);

  const { token: others } = await app.durin.tokens.issue({ user: 2, client: 'cli' });
  const asBob = callerOf(newDurin(), others).auth.sessions;
  const notFound = { durin: { code: 'SESSION_NOT_FOUND' } };
  await expect(asBob.rename({ id: session?.id ?? '', name: 'Mine' })).rejects.toMatchObject(notFound);
  await expect(sessions.rename({ id: 'no id', name: 'Mine' })).rejects.toMatchObject(notFound);
});

test.each([
  ['too long', 'x'.repeat(65)],
  ['blank', '  '],
  ['a control character', 'a\u0007b'],
])('a name that is %s is refused', async (_what, deviceName) => {
  const { auth } = callerOf(newDurin());
  await expect(auth.login({ ...alice, client: 'web', deviceName })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
  await expect(app.durin.tokens.issue({ user: 1, client: 'web', name: deviceName })).rejects.toThrow('name: ');
});

test('an app may have a deviceName of its own in one of its logins', async () => {
  const loginInput = z.union([
    z.strictObject({ username: z.string(), password: z.string() }),
    z.strictObject({ username: z.string(), password: z.string(), deviceName: z.object({ model: z.string() }) }),
  ]);
  const { auth } = callerOf(newDurin({ loginInput }));
  const { token } = await auth.login({ ...alice, client: 'web', deviceName: { model: 'X' } } as never);
  expect(token).toHaveLength(64);
});

test('a process that does not know the limit yet finds a free slot', async () => {
  await app.durin.tokens.issue({ user: 1, client: 'web' });
  const { ended } = await newDurin().tokens.issue({ user: 1, client: 'web', atLimit: 'refuse' });
  expect(ended).toEqual([]);
});

test('an issued token at the limit ends the oldest, or is refused', async () => {
  const ids: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    ids.push((await app.durin.tokens.issue({ user: 1, client: 'web' })).auth.id);
    app.clock.advance(1);
  }
  const refused = app.durin.tokens.issue({ user: 1, client: 'web', atLimit: 'refuse' });
  await expect(refused).rejects.toMatchObject({ durin: { code: 'SESSION_LIMIT' } });
  expect((await app.durin.tokens.issue({ user: 1, client: 'web' })).ended).toEqual([ids[0]]);
});

test('every way to a token takes the lowest slot, or the oldest one', async () => {
  const durin = newDurin();
  const user = await app.orm.em.fork().findOneOrFail(User, { username: 'alice' });
  const { adminRouter } = createDurinAdmin(durin, { isAdmin: () => true });
  const { token: adminToken } = await app.durin.tokens.issue({ user: 2, client: 'cli' });
  const admin = t
    .router({ admin: adminRouter })
    .createCaller(durin.createContext(requestOf({ token: adminToken }))).admin;
  const ways = {
    login: () => callerOf(durin).auth.login({ ...alice, client: 'web' }),
    signIn: () => durin.signIn({ user, client: 'web', ctx: durin.createContext(requestOf()) }),
    issue: () => durin.tokens.issue({ user: 1, client: 'web' }),
    admin: () => admin.tokens.issue({ user: 1, client: 'web' }),
  };
  for (const [name, take] of Object.entries(ways)) {
    await durin.tokens.revokeAll({ user: 1 });
    const slots: number[][] = [];
    for (let count = 0; count < 4; count += 1) {
      await take();
      app.clock.advance(1);
      const held = await app.orm.em.fork().find(AuthToken, { user: 1 }, { orderBy: { created: 1 } });
      slots.push(held.map(({ slot }) => slot));
    }
    expect([name, slots]).toEqual([name, [[0], [0, 1], [0, 1, 2], [1, 2, 0]]]);
  }
  await app.durin.clients.update('web', { atLimit: 'refuse' });
  for (const take of Object.values(ways))
    await expect(take()).rejects.toMatchObject({ durin: { code: 'SESSION_LIMIT' } });
});

test('on a client of one session an issued token says what it ends', async () => {
  await app.durin.clients.update('web', { maxSessions: 1 });
  const first = await app.durin.tokens.issue({ user: 1, client: 'web' });
  const refused = newDurin().tokens.issue({ user: 1, client: 'web', atLimit: 'refuse' });
  await expect(refused).rejects.toMatchObject({ durin: { code: 'SESSION_LIMIT' } });
  expect((await app.durin.tokens.issue({ user: 1, client: 'web' })).ended).toEqual([first.auth.id]);
});

test('a login that keeps its token is a use of it, and names it', async () => {
  await app.durin.clients.update('web', { maxSessions: 1, idleTtl: 5 * minute });
  const durin = newDurin();
  const { auth } = callerOf(durin);
  const first = await auth.login({ ...alice, client: 'web' });
  app.clock.advance(5 * minute - 1);
  const second = await auth.login({ ...alice, client: 'web', deviceName: 'Laptop' });
  expect(second).toEqual({ token: first.token, expiry: new Date(app.clock() + 5 * minute * 1000) });
  app.clock.advance(2 * minute);
  expect(await callerOf(durin, second.token).auth.sessions.list()).toMatchObject([{ name: 'Laptop' }]);
});

test('apiAccess.delete ends every key that the user holds', async () => {
  await app.durin.clients.update('api', { maxSessions: 3 });
  const durin = newDurin();
  const { token } = await app.durin.tokens.issue({ user: 1, client: 'web' });
  const keys = [
    await durin.tokens.issue({ user: 1, client: 'api' }),
    await durin.tokens.issue({ user: 1, client: 'api' }),
  ];
  const { apiAccess } = callerOf(durin, token).auth;
  await apiAccess.delete();
  for (const key of keys) {
    const refused = { durin: { code: 'INVALID_TOKEN' } };
    await expect(callerOf(durin, key.token).me()).rejects.toMatchObject(refused);
  }
  await expect(apiAccess.delete()).rejects.toMatchObject({ durin: { code: 'API_ACCESS_NOT_FOUND' } });
});

test('a session that has ended asks for no token', async () => {
  const { auth } = await app.durin.tokens.issue({ user: 1, client: 'web' });
  const issue = (session: string) => app.durin.tokens.issue({ user: 1, client: 'cli', session });
  expect((await issue(auth.id)).token).toHaveLength(64);
  await app.durin.tokens.revoke(auth.id);
  await expect(issue(auth.id)).rejects.toMatchObject({ durin: { code: 'INVALID_TOKEN' } });
  await expect(issue('no id')).rejects.toThrow('session must be the id of a session');
});
