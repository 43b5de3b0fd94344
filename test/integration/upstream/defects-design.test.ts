import { expect, test } from 'vitest';
import { z } from 'zod';
import { createDurin, type DurinContext, type EventName } from '../../../src/index.ts';
import { password, t } from '../../support/app.ts';
import { Client } from '../../support/entities.ts';
import { day, fetchOf, mount, refusal, statementsOf, useApp } from './upstream-app.ts';

const app = useApp();
const alice = { username: 'alice', password, client: 'web' } as const;

test('B36: one look-up finds everything, also for a batch of ten', async () => {
  const durin = createDurin({ ...app.options, throttle: { rate: '100/m' } });
  const onlyWeb = durin.clientProcedure(['web']).query(({ ctx }) => `${ctx.user.username} ${ctx.auth.client.name}`);
  const fetch = fetchOf(durin, t.router({ onlyWeb }));
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const statementsWith = (presented: string, calls: number, status: number) =>
    statementsOf(app.orm, async () => {
      const path = `${Array.from({ length: calls }, () => 'onlyWeb').join(',')}?batch=1`;
      expect(await fetch(path, { token: presented })).toMatchObject({ status });
    });
  expect(await statementsWith(token, 1, 200)).toHaveLength(1);
  expect(await statementsWith(token, 10, 200)).toHaveLength(1);
  const inOneRequest = await statementsOf(app.orm, () => mount(durin).fetch('me,maybe?batch=1', { token }));
  expect(inOneRequest).toHaveLength(1);
  const forged = token.replace(/.$/, (last) => (last === '0' ? '1' : '0'));
  for (const bad of [forged, '0'.repeat(64), 'x']) expect(await statementsWith(bad, 10, 401)).toEqual([]);
});

test('B37: get-or-create sets every column of clients and tokens', async () => {
  const { tokens, clients } = app.durin();
  for (let round = 0; round < 2; round += 1) {
    await app.orm.em.fork().upsert(Client, { name: 'bot' });
    await clients.sync();
    await tokens.issue({ user: 1, client: 'web' });
  }
  expect((await clients.list()).filter(({ name }) => name === 'bot')).toMatchObject([{ tokenTtl: day }]);
  expect(await app.tokens()).toMatchObject([
    { selector: expect.stringMatching(/^[0-9a-f]{32}$/) as string, expiry: new Date(app.clock() + day * 1000) },
  ]);
});

test('B38: each change of a token emits an event with its ids', async () => {
  const { durin, callAs } = mount(createDurin({ ...app.options, apiAccess: { clientName: 'api' } }));
  const told: unknown[] = [];
  for (const name of ['tokenIssued', 'tokenRenewed', 'tokenExpired', 'tokenRevoked'] satisfies EventName[]) {
    durin.events.on(name, ({ tokenId, userId, client }) => told.push([name, tokenId, userId, client]));
  }
  const tellsOf = async (work: () => Promise<unknown>) => {
    told.length = 0;
    await work();
    return told;
  };
  const { token } = await callAs().auth.login({ ...alice, client: 'cli' });
  const id = (await durin.authenticate(token)).id;
  expect(told).toEqual([['tokenIssued', id, 1, 'cli']]);
  const me = callAs({ token }).auth;
  expect(await tellsOf(() => me.refresh())).toEqual([['tokenRenewed', id, 1, 'cli']]);
  await tellsOf(() => me.apiAccess.create());
  const [[, key] = []] = told as string[][];
  expect(told).toEqual([['tokenIssued', key, 1, 'api']]);
  expect(await tellsOf(() => me.apiAccess.delete())).toEqual([['tokenRevoked', key, 1, 'api']]);
  const other = (await durin.tokens.issue({ user: 1, client: 'web' })).auth.id;
  expect(await tellsOf(() => me.sessions.revoke({ id: other }))).toEqual([['tokenRevoked', other, 1, 'web']]);
  const { id: dying } = (await durin.tokens.issue({ user: 2, client: 'web', ttl: '1s' })).auth;
  app.clock.advance(1);
  expect(await tellsOf(() => durin.tokens.purgeExpired())).toEqual([['tokenExpired', dying, 2, 'web']]);
  expect(await tellsOf(() => me.logout())).toEqual([['tokenRevoked', id, 1, 'cli']]);
});

test('B39: all token lengths work on the same schema', async () => {
  for (const tokenLength of [64, 66, 96, 128]) {
    const { callAs } = mount(createDurin({ ...app.options, tokenLength, rotateTokenOnLogin: true }));
    const { token } = await callAs().auth.login(alice);
    expect(token).toHaveLength(tokenLength);
    expect(await callAs({ token }).me()).toMatchObject({ user: { username: 'alice' } });
  }
  expect(await app.orm.schema.getUpdateSchemaSQL()).toBe('');
  for (const tokenLength of [1, 63, 62, 65, 130, 64.5]) {
    expect(() => createDurin({ ...app.options, tokenLength })).toThrow(
      /tokenLength must be an even number from 64 to 128/,
    );
  }
});

test('B40: options belong to their instance and do not change later', async () => {
  const options = {
    ...app.options,
    authHeaderPrefix: 'Bearer',
    apiAccess: { clientName: 'api', includeToken: false } as const,
  };
  const bearer = mount(createDurin(Object.freeze(options)));
  const plain = mount(createDurin({ ...app.options, authHeaderPrefix: 'Token' }));
  const { token } = await plain.durin.tokens.issue({ user: 1, client: 'web' });
  expect(await bearer.fetch('me', { header: `Bearer ${token}` })).toMatchObject({ status: 200 });
  expect(await plain.fetch('me', { header: `Bearer ${token}` })).toMatchObject({ status: 401 });
  expect(await bearer.fetch('me', { header: `Token ${token}` })).toMatchObject({ status: 401 });
  const { apiAccess } = bearer.callAs({ header: `Bearer ${token}` }).auth;
  await apiAccess.create();
  Object.assign(options.apiAccess, { includeToken: true });
  expect(await apiAccess.get()).not.toHaveProperty('token');
});

test('B41: verifyCredentials receives the request of the login', async () => {
  const seen: DurinContext[] = [];
  const verifyCredentials = async ({ ctx }: { ctx: DurinContext }) => {
    seen.push(ctx);
    return app.userNamed('alice');
  };
  const { callAs } = mount(createDurin({ ...app.options, verifyCredentials }));
  await callAs({ ipAddress: '203.0.113.7', userAgent: 'phone' }).auth.login(alice);
  expect(seen).toMatchObject([{ durin: { ipAddress: '203.0.113.7', userAgent: 'phone' } }]);
});

test('B42: every 401 has a challenge, and no response is stored', async () => {
  const { durin, fetch } = mount(app.durin());
  const wrong = await fetch('auth.login', { input: { ...alice, password: 'wrong' } });
  expect(wrong).toMatchObject({ status: 401, error: { data: refusal('INVALID_CREDENTIALS') } });
  expect(wrong.headers.get('www-authenticate')).toBe('Token realm="api"');
  expect((await fetch('me')).headers.get('www-authenticate')).toBe('Token realm="api"');
  const { headers } = await fetch('me', { token: 'x' });
  expect(headers.get('www-authenticate')).toBe('Token realm="api", error="invalid_token"');
  const right = await fetch('auth.login', { input: alice });
  expect(right.headers.get('cache-control')).toBe('no-store');
  expect(wrong.headers.get('cache-control')).toBe('no-store');
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  expect((await fetch('me', { token })).headers.get('www-authenticate')).toBeNull();
});

test('B44: resolveClient and serializeUser are optional', async () => {
  const durin = createDurin({
    ...app.options,
    loginInput: z.object({ username: z.string(), password: z.string() }),
    resolveClient: ({ ctx }) => (ctx.durin.userAgent === 'curl' ? 'cli' : null),
  });
  const { callAs } = mount(durin);
  const { username } = alice;
  const answer = await callAs({ userAgent: 'curl' }).auth.login({ username, password });
  expect(Object.keys(answer)).toEqual(['token', 'expiry']);
  expect(await durin.authenticate(answer.token)).toMatchObject({ client: { name: 'cli' } });
  const browser = callAs({ userAgent: 'browser' }).auth.login({ username, password });
  await expect(browser).rejects.toMatchObject(refusal('NO_CLIENT'));
});

test('B45: a refresh moves the expiry by exactly the time passed', async () => {
  const { callAs } = mount(app.durin());
  const login = await callAs().auth.login(alice);
  app.clock.advance(90);
  const { expiry } = await callAs({ token: login.token }).auth.refresh();
  expect(expiry?.getTime()).toBe((login.expiry?.getTime() ?? 0) + 90_000);
  expect((await app.tokens())[0]?.expiry).toEqual(expiry);
});
