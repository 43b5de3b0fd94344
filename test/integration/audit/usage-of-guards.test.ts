import { createServer } from 'node:http';
import { setImmediate as turn } from 'node:timers/promises';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import express from 'express';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { expressGuard } from '../../../src/http/index.ts';
import { createDurin, isDurinError } from '../../../src/index.ts';
import { requestOf, secret, t } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';
import { type AuditedApp, openAuditedApp } from '../../support/audit/audited-app.ts';
import { auditedOptions } from '../../support/audit/audited-entities.ts';
import { listen } from '../adapters/node-server.ts';

let app: AuditedApp;
let durin: ReturnType<typeof createLimitedDurin>;
let router: ReturnType<typeof createRouter>;
beforeAll(async () => {
  app = await openAuditedApp();
  durin = createLimitedDurin();
  router = createRouter();
  await durin.clients.update('devices', { throttleRate: '2/m' });
});
beforeEach(() => app.clock.advance(60)); // ends all windows of the previous test
afterAll(async () => {
  await durin.close();
  await app.close();
});

function createLimitedDurin() {
  const throttle = { login: false, authRouter: '1/m' } as const;
  return createDurin({ ...auditedOptions(app.orm, secret), throttle, now: app.clock });
}

function createRouter() {
  const { authedProcedure: authed, clientProcedure, guardedProcedure, optionalProcedure, scopedProcedure } = durin;
  const limited = durin.throttledProcedure({ scope: 'export', rate: '3/m' });
  const later = t.middleware(async ({ next }) => {
    await turn();
    return next();
  });
  const inner = t.router({ web: clientProcedure(['web']).query(() => 'done') });
  return t.router({
    auth: durin.durinRouter,
    authed: authed.query(() => 'done'),
    read: scopedProcedure(['read']).query(() => 'done'),
    web: clientProcedure(['web']).query(() => 'done'),
    fresh: guardedProcedure({ fresh: '10m' }).query(() => 'done'),
    once: guardedProcedure({ rate: '1/m', scope: 'once' }).query(() => 'done'),
    authedThenLimited: authed.concat(limited).query(() => 'done'),
    limitedThenAuthed: limited.concat(authed).query(() => 'done'),
    optionalThenAuthed: optionalProcedure.concat(authed).query(() => 'done'),
    thrice: t.procedure
      .concat(authed)
      .use(later)
      .concat(scopedProcedure(['read']))
      .use(later)
      .concat(limited)
      .query(() => 'done'),
    authedThenWeb: authed
      .use(later)
      .concat(clientProcedure(['web']))
      .query(() => 'done'),
    authedThenFresh: authed.concat(guardedProcedure({ fresh: '10m' })).query(() => 'done'),
    failing: authed.query(() => Promise.reject(new Error('the printer is out of paper'))),
    /** Makes a call of its own in the context of its own. */
    callsWeb: authed.query(async ({ ctx }) => inner.createCaller(ctx).web().catch(codeOf)),
  });
}

type Path = Exclude<keyof (typeof router)['_def']['record'], 'auth'>;

/** A user with a token of this client, how to call with it, and the calls that are counted. */
async function enter(client: 'web' | 'devices' | 'api' = 'web') {
  const user = await app.addUser();
  const name = client === 'api' ? 'a key' : undefined;
  const { token } = await durin.tokens.issue({ user, client, ...(name !== undefined && { name, scopes: [] }) });
  const caller = () => router.createCaller(durin.createContext(requestOf({ token })));
  return {
    user,
    token,
    caller,
    /** What a call returns, or the code with which it is refused. */
    call: (path: Path) => caller()[path]().catch(codeOf),
    async counted(): Promise<number> {
      await durin.flush();
      const all = await durin.usage.byUser({ days: 1, limit: 1000 });
      return all.find(({ userId }) => userId === user.id)?.calls ?? 0;
    },
  };
}

test('a call without the right scope is not counted', async () => {
  const { call, counted } = await enter('api');
  expect(await call('read')).toBe('INSUFFICIENT_SCOPE');
  expect(await counted()).toBe(0);
});

test('a call of a client that is not allowed is not counted', async () => {
  const { call, counted } = await enter('devices');
  expect(await call('web')).toBe('CLIENT_NOT_ALLOWED');
  expect(await counted()).toBe(0);
});

test("calls over a rate, the client's or the guard's, are not counted", async () => {
  const device = await enter('devices');
  expect([await device.call('read'), await device.call('read')]).toEqual(['done', 'done']);
  expect(await device.call('read')).toBe('THROTTLED');
  expect(await device.counted()).toBe(2);
  const web = await enter('web');
  expect([await web.call('once'), await web.call('once')]).toEqual(['done', 'THROTTLED']);
  expect(await web.counted()).toBe(1);
});

test('a call with a stale step-up is not counted', async () => {
  const { call, counted } = await enter();
  app.clock.advance(700);
  expect(await call('fresh')).toBe('REAUTHENTICATION_REQUIRED');
  expect(await counted()).toBe(0);
});

test('a call of the auth router over its limit is not counted', async () => {
  const { caller, counted } = await enter();
  await caller().auth.sessions.list();
  expect(await caller().auth.sessions.list().catch(codeOf)).toBe('THROTTLED');
  expect(await counted()).toBe(1);
  await caller().auth.session(); // it has no limit
  await caller().auth.logout();
  expect(await counted()).toBe(3);
});

test('a call that fails after its guard has let it in is counted', async () => {
  const { caller, counted } = await enter();
  await expect(caller().failing()).rejects.toThrow('out of paper');
  expect(await counted()).toBe(1);
});

test.each(['authedThenLimited', 'limitedThenAuthed', 'optionalThenAuthed', 'thrice'] as const)(
  'a call and its rate count once, whatever its guards are: %s',
  async (path) => {
    const { call, counted } = await enter('devices');
    expect([await call(path), await call(path)]).toEqual(['done', 'done']);
    expect(await call(path)).toBe('THROTTLED');
    expect(await counted()).toBe(2);
  },
);

test('a call that its second guard refuses is not counted', async () => {
  const device = await enter('devices');
  expect(await device.call('authedThenWeb')).toBe('CLIENT_NOT_ALLOWED');
  expect(await device.counted()).toBe(0);
  const web = await enter('web');
  app.clock.advance(700);
  expect(await web.call('authedThenFresh')).toBe('REAUTHENTICATION_REQUIRED');
  expect(await web.counted()).toBe(0);
  for (const _ of [1, 2, 3]) expect(await web.call('authedThenLimited')).toBe('done');
  expect(await web.call('authedThenLimited')).toBe('THROTTLED');
  expect(await web.counted()).toBe(3);
});

test('each call of a batch counts once', async () => {
  const { token, counted } = await enter();
  const names = ['thrice', 'authedThenWeb', 'thrice', 'authedThenWeb', 'authed', 'authedThenFresh'];
  app.clock.advance(700); // authedThenFresh is refused
  const url = `http://localhost/${names.join(',')}?batch=1`;
  const req = new Request(url, { headers: { authorization: `Token ${token}` } });
  const answer = await fetchRequestHandler({ endpoint: '', req, router, createContext: durin.createContext });
  const results = (await answer.json()) as object[];
  expect(results.filter((result) => 'result' in result)).toHaveLength(5);
  expect(await counted()).toBe(5);
});

test('a call that a procedure makes in its own context is a call of its own', async () => {
  const web = await enter('web');
  expect(await web.call('callsWeb')).toBe('done');
  expect(await web.counted()).toBe(2);
  const device = await enter('devices');
  expect(await device.call('callsWeb')).toBe('CLIENT_NOT_ALLOWED'); // the procedure has caught it
  expect(await device.counted()).toBe(1);
  await device.call('authed');
  expect(await device.call('authed')).toBe('THROTTLED');
});

test('calls with one context count each', async () => {
  const { caller, counted } = await enter();
  const one = caller();
  for (const _ of [1, 2]) await one.authedThenWeb();
  await Promise.all([one.authedThenWeb(), one.authed(), one.authedThenWeb()]);
  expect(await counted()).toBe(5);
});

test('two guards of a route count a request once, or not at all', async () => {
  const server = express();
  server.use(expressGuard(durin));
  server.get(
    '/both',
    expressGuard(durin, { clients: ['web', 'devices'] }),
    (_request, response) => void response.end(),
  );
  server.get('/web', expressGuard(durin, { clients: ['web'] }), (_request, response) => void response.end());
  const { url, close } = await listen(createServer(server));
  const device = await enter('devices');
  const headers = { authorization: `Token ${device.token}` };
  expect((await fetch(`${url}/both`, { headers })).status).toBe(200);
  expect((await fetch(`${url}/web`, { headers })).status).toBe(403);
  expect((await fetch(`${url}/both`, { headers })).status).toBe(429);
  expect(await device.counted()).toBe(1);
  await close();
});

test('durin.guard counts once what it lets in', async () => {
  const { token, counted } = await enter('devices');
  await durin.guard(token, { scopes: ['read'] });
  await expect(durin.guard(token, { clients: ['web'] })).rejects.toSatisfy(isDurinError);
  expect(await counted()).toBe(1);
});
