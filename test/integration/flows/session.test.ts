import { afterAll, beforeAll, expect, test } from 'vitest';
import { type Caller, openApp, password, requestOf, t } from '../../support/app.ts';

type App = Awaited<ReturnType<typeof openApp>>;
let app: App;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

function callAs(caller: Caller = {}) {
  const { durin } = app;
  const router = t.router({
    auth: durin.durinRouter,
    me: durin.authedProcedure.query(({ ctx }) => ({ user: ctx.user, auth: ctx.auth })),
    web: durin.clientProcedure(['web']).query(({ ctx }) => ctx.auth.client.name satisfies 'web'),
    notWeb: durin.clientProcedure.except(['web']).query(({ ctx }) => ctx.auth.client.name satisfies 'cli' | 'api'),
    report: t.procedure.concat(durin.authedProcedure).query(({ ctx }) => ctx.user.username),
    anyone: durin.optionalProcedure.query(({ ctx }) => ctx.user?.username ?? null),
  });
  return router.createCaller(durin.createContext(requestOf(caller)));
}

test('a user logs in, is known, lists sessions and logs out', async () => {
  const login = await callAs().auth.login({ username: 'alice', password, client: 'web' });
  expect(login.token).toMatch(/^[0-9a-f]{64}$/);
  expect(login.expiry).toEqual(new Date(app.clock() + 86_400_000));
  const me = callAs({ token: login.token });
  const { user, auth } = await me.me();
  expect(user).toEqual({ id: 1, username: 'alice', isActive: true, role: 'member', organization: 1 });
  expect(auth).toMatchObject({
    client: { id: 1, name: 'web', tokenTtl: 86_400, throttleRate: null },
    hasExpired: false,
    expiresIn: '1 day',
  });
  expect(await me.web()).toBe('web');
  await expect(me.notWeb()).rejects.toMatchObject({ durin: { code: 'CLIENT_NOT_ALLOWED' } });
  expect(await me.report()).toBe('alice');
  expect(await callAs().anyone()).toBe(null);
  expect(await me.auth.sessions.list()).toMatchObject([{ client: 'web', isCurrent: true, ipAddress: '127.0.0.1' }]);
  await me.auth.logout();
  await expect(me.me()).rejects.toMatchObject({ durin: { code: 'INVALID_TOKEN' } });
});
