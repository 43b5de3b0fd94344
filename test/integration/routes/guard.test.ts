import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin, type DurinError, isDurinError } from '../../../src/index.ts';
import { requestOf, t } from '../../support/app.ts';
import { recordEvents } from '../../support/arena.ts';
import { createRoutesDurin, openRoutesApp, type RoutesApp } from './routes-app.ts';

let app: RoutesApp;
beforeAll(async () => {
  app = await openRoutesApp();
});
afterAll(() => app.close());

/** Another durin of the same app, with rates and memory of its own. */
const enter = () => createRoutesDurin(app);

async function issue(client: 'web' | 'cli' | 'api', user = 1): Promise<string> {
  const { token } = await app.durin.tokens.issue({ user, client, name: crypto.randomUUID() });
  return token;
}

const codeOf = (error: unknown) => (isDurinError(error) ? error.durin.code : error);

test.each([
  ['a token', (token: string) => token],
  ['headers', (token: string) => ({ authorization: `Bearer ${token}` })],
  ['fetch headers', (token: string) => new Headers({ authorization: `Bearer ${token}` })],
  ['a fetch request', (token: string) => new Request('http://localhost', { headers: { 'x-api-key': token } })],
  ['a Node request', (token: string) => requestOf({ header: `Bearer ${token}` }).req],
  ['ctx.durin', (token: string) => app.durin.createContext(requestOf({ header: `Bearer ${token}` })).durin],
] as const)('it reads the token of %s', async (_, sourceOf) => {
  const { user, client } = await app.durin.guard(sourceOf(await issue('web')), { clients: ['web'] });
  expect([user.username, client.name]).toEqual(['alice', 'web']);
});

test('a rate is shared with the procedures of the same scope', async () => {
  const durin = enter();
  const token = await issue('web');
  const options = { rate: '3/m', scope: 'search' } as const;
  const router = t.router({ search: durin.guardedProcedure(options).query(() => 'found') });
  const { search } = router.createCaller(durin.createContext(requestOf({ header: `Bearer ${token}` })));
  expect(await search()).toBe('found');
  await durin.guard(token, options);
  await durin.guard(token, options);
  expect(await search().catch(codeOf)).toBe('THROTTLED');
  expect(await durin.guard(token, options).catch(codeOf)).toBe('THROTTLED');
  await durin.guard(await issue('cli'), options);
});

test("the client's rate counts routes and procedures together", async () => {
  const durin = enter();
  const token = await issue('cli');
  const me = t.router({ me: durin.authedProcedure.query(() => 'me') });
  await me.createCaller(durin.createContext(requestOf({ header: `Bearer ${token}` }))).me();
  for (const _ of [1, 2]) await durin.guard(token);
  expect(await durin.guard(token).catch(codeOf)).toBe('THROTTLED');
});

test('limits of ctx.durin are in the headers of its answer', async () => {
  const durin = enter();
  const ctx = durin.createContext(requestOf({ header: `Bearer ${await issue('web')}` }));
  await durin.guard(ctx.durin, { rate: '5/m', scope: 'search' });
  expect(durin.responseMeta({ ctx, errors: [] }).headers.get('ratelimit')).toMatch(/^"search";r=4;t=\d+$/);
});

test('what a refused route counts is not charged to the guard', async () => {
  const durin = enter();
  const options = { scopes: ['write'], rate: '1/m', scope: 'write' } as const;
  const token = await issue('cli');
  for (const _ of [1, 2]) expect(await durin.guard(token, options).catch(codeOf)).toBe('INSUFFICIENT_SCOPE');
});

test('the use is recorded, with the address', async () => {
  const durin = enter();
  const token = await issue('web');
  await durin.guard(requestOf({ header: `Bearer ${token}`, ipAddress: '192.0.2.7' }).req);
  await durin.close();
  const { auth } = t
    .router({ auth: app.durin.durinRouter })
    .createCaller(app.durin.createContext(requestOf({ header: `Bearer ${token}` })));
  const sessions = await auth.sessions.list();
  const current = sessions.find(({ isCurrent }) => isCurrent);
  expect(current).toMatchObject({ lastUsedAt: new Date(app.clock()), ipAddress: '192.0.2.7' });
});

test('the first use of a rolled key ends the old one', async () => {
  const web = await issue('web');
  const { token: old, auth } = await app.durin.tokens.issue({ user: 1, client: 'api', name: 'to be rolled' });
  const ctx = app.durin.createContext(requestOf({ header: `Bearer ${web}` }));
  const login = t.router({ auth: app.durin.durinRouter }).createCaller(ctx).auth;
  await login.reauthenticate({ username: 'alice', password: 'correct horse battery staple' });
  const { token: rolled } = await login.keys.roll({ id: auth.id, overlap: '0s' });
  await app.durin.guard(old, { scopes: ['read'] });
  await app.durin.guard(rolled, { scopes: ['read'] });
  expect(await app.durin.guard(old, { scopes: ['read'] }).catch(codeOf)).toBe('INVALID_TOKEN');
});

test('a refusal is reported as an event without a path', async () => {
  const durin = enter();
  const events = recordEvents(durin.events);
  const token = await issue('cli');
  await durin.guard(token, { clients: ['web'] }).catch(codeOf);
  await durin.guard('f'.repeat(64)).catch(codeOf);
  expect(events.of('denied')).toMatchObject([
    { code: 'CLIENT_NOT_ALLOWED', path: null, userId: 1, client: 'cli' },
    { code: 'INVALID_TOKEN', path: null, userId: null },
  ]);
});

test('a session that is confirmed again is fresh', async () => {
  const ctx = app.durin.createContext(requestOf({}));
  const { auth } = t.router({ auth: app.durin.durinRouter }).createCaller(ctx);
  const { token } = await auth.login({ username: 'alice', password: 'correct horse battery staple', client: 'web' });
  await app.durin.guard(token, { fresh: '10m' });
  app.clock.advance(601);
  const refusal: unknown = await app.durin.guard(token, { fresh: '10m' }).catch((error: unknown) => error);
  expect(refusal).toMatchObject({ durin: { code: 'REAUTHENTICATION_REQUIRED', maxAge: 600 } });
});

test('two durins know their own tokens, and announce their own schemes', async () => {
  const guests = createDurin({ ...app.options, secret: 'the secret of all the guests of this house' });
  const token = await issue('web');
  const headers = new Headers({ authorization: `Bearer ${token}` });
  expect((await app.durin.guard(headers)).user.username).toBe('alice');
  const refusal = await guests.guard(headers).catch((error: DurinError) => error.toResponse());
  expect(refusal).toBeInstanceOf(Response);
  expect((refusal as Response).headers.get('www-authenticate')).toBe('Token realm="api", error="invalid_token"');
});

test('durin.authenticate refuses with the same answer', async () => {
  const refusal = await app.durin.authenticate(await issue('api')).catch((error: DurinError) => error.toResponse());
  expect((refusal as Response).status).toBe(403);
  expect((refusal as Response).headers.get('www-authenticate')).toBe('Bearer realm="api", error="insufficient_scope"');
});

test.each([
  ['a rate without a scope', { rate: '5/m' }, 'scope is required together with rate'],
  ['an unknown option', { client: ['web'] }, "unknown option 'client'"],
  ['an unknown client', { clients: ['wbe'] }, "no client 'wbe' in the option clients"],
  ['no object', null, 'the options must be an object'],
] as const)('%s is a mistake that is named before anything is judged', async (_, options, message) => {
  await expect(app.durin.guard('', options as never)).rejects.toThrow(`durin.guard: ${message}`);
});
