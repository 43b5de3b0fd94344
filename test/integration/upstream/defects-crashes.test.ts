import { expect, test } from 'vitest';
import { createDurin, type Rate } from '../../../src/index.ts';
import { password, requestOf, t } from '../../support/app.ts';
import { Client } from '../../support/entities.ts';
import { day, fetchOf, mount, refusal, statementsOf, useApp } from './upstream-app.ts';

const app = useApp();
const withApiAccess = () => createDurin({ ...app.options, apiAccess: { clientName: 'api' } });

test('B26: another scheme counts as no credentials', async () => {
  const { durin, fetch } = mount(withApiAccess());
  const input = undefined;
  for (const header of ['Basic YWxpY2U6c2VjcmV0', 'Digest username="alice"', 'Tokens x', 'x']) {
    for (const query of ['me', 'auth.sessions.list', 'auth.apiAccess.get']) {
      expect(await fetch(query, { header })).toMatchObject({ status: 401, error: { data: refusal('NO_CREDENTIALS') } });
    }
    const mutations = 'refresh logout logoutAll sessions.revokeOthers apiAccess.create apiAccess.delete'.split(' ');
    for (const mutation of mutations) {
      const answer = await fetch(`auth.${mutation}`, { header, input });
      expect(answer).toMatchObject({ status: 401, error: { data: refusal('NO_CREDENTIALS') } });
    }
  }
  const router = t.router({
    maybe: durin.optionalProcedure.query(({ ctx }) => ctx.user),
    limited: durin.throttledProcedure({ scope: 'search', rate: '5/m' }).query(({ ctx }) => ctx.auth),
  });
  const stranger = router.createCaller(durin.createContext(requestOf({ header: 'Basic YWxpY2U6c2VjcmV0' })));
  expect(await stranger.maybe()).toBeNull();
  expect(await stranger.limited()).toBeNull();
});

test('B27: an outage is never a 401 and reveals nothing', async () => {
  const { durin, fetch } = mount(app.durin());
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const connection = app.orm.em.getConnection();
  await connection.execute('alter table durin_auth_token rename to durin_gone');
  try {
    const login = { username: 'alice', password, client: 'web' };
    for (const answer of [await fetch('me', { token }), await fetch('auth.login', { input: login })]) {
      expect(answer).toMatchObject({
        status: 503,
        error: { message: 'The authentication store cannot be reached.', data: refusal('STORE_UNAVAILABLE') },
      });
      expect(answer.text).not.toMatch(/relation|select|durin_/i);
    }
  } finally {
    await connection.execute('alter table durin_gone rename to durin_auth_token');
  }
  expect(await fetch('me', { token })).toMatchObject({ status: 200 });
});

test('B27: failing listeners break no call; bad populate is refused', async () => {
  const failures: unknown[] = [];
  const onListenerError = (error: unknown) => failures.push(error);
  const { durin, callAs } = mount(createDurin({ ...app.options, onListenerError }));
  durin.events.on('tokenRenewed', () => {
    throw new Error('the listener is broken');
  });
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  expect(await callAs({ token }).auth.refresh()).toEqual({ expiry: new Date(app.clock() + day * 1000) });
  expect(failures).toEqual([new Error('the listener is broken')]);
  const typo = { ...app.options, populate: ['user.organisation' as 'user.organization'] } as const;
  expect(() => createDurin(typo)).toThrow(/populate: 'user\.organisation'/);
});

test.each(['\xff\xfe', 'caf\xe9', '\0', '😀', '\ud800', 'x'.repeat(100_000), '../../etc', "' or 1=1 --"])(
  'B28: a header with %j as the token is unauthorized',
  async (text) => {
    const { callAs } = mount(app.durin());
    for (const header of [`Token ${text}`, text, `Token ${text} ${text}`]) {
      await expect(callAs({ header }).me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
    }
  },
);

test('B28: bytes that are not UTF-8 are an invalid token over HTTP too', async () => {
  const { fetch } = mount(app.durin());
  expect(await fetch('me', { header: 'Token \xff\xfe' })).toMatchObject({
    status: 401,
    error: { data: refusal('INVALID_TOKEN') },
  });
});

test('B29: API access that is not set up is reported', async () => {
  const off = mount(app.durin());
  const { token } = await off.durin.tokens.issue({ user: 1, client: 'web' });
  const missing = mount(createDurin({ ...app.options, clients: { nobody: {} }, apiAccess: { clientName: 'nobody' } }));
  const input = undefined;
  for (const answer of [
    await off.fetch('auth.apiAccess.get', { token }),
    await off.fetch('auth.apiAccess.create', { token, input }),
    await off.fetch('auth.apiAccess.delete', { token, input }),
    await missing.fetch('auth.apiAccess.create', { token, input }),
  ]) {
    expect(answer).toMatchObject({
      status: 404,
      error: { message: 'API access is not configured.', data: refusal('API_ACCESS_DISABLED') },
    });
  }
  expect(await missing.fetch('auth.apiAccess.get', { token })).toMatchObject({ status: 404 });
});

test('B30: an expired API key does not block a new one', async () => {
  const { durin, callAs } = mount(withApiAccess());
  const { token } = await durin.tokens.issue({ user: 1, client: 'cli' });
  const { token: old } = await durin.tokens.issue({ user: 1, client: 'api' });
  app.clock.advance(365 * day);
  const { token: key, hasExpired } = await callAs({ token }).auth.apiAccess.create();
  expect(hasExpired).toBe(false);
  expect(key).not.toBe(old);
  expect(await callAs({ token: key }).me()).toMatchObject({ user: { username: 'alice' } });
});

test('B31: a session is found by its id, and malformed ids are not', async () => {
  const { durin, fetch } = mount(app.durin());
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const { auth } = await durin.tokens.issue({ user: 1, client: 'cli' });
  for (const id of ['', '/', '2', `${auth.id}/`, `sessions//${auth.id}`, "' or true --"]) {
    const answer = await fetch('auth.sessions.revoke', { token, input: { id } });
    expect(answer).toMatchObject({ status: 404, error: { data: refusal('SESSION_NOT_FOUND') } });
  }
  expect(await fetch('auth.sessions.revoke', { token, input: { id: auth.id } })).toMatchObject({ status: 200 });
  expect(await app.tokens()).toHaveLength(1);
});

test.each(['-5/m', '0/m', '10/min', '10', '1.5/s', '5 / m', ''])(
  'B32: the rate %j is refused by the ORM, by SQL and as the default',
  async (text) => {
    const rate = text as Rate;
    expect(() => createDurin({ ...app.options, throttle: { rate } })).toThrow(/throttle\.rate must be a rate/);
    const em = app.orm.em.fork();
    (await em.findOneOrFail(Client, { name: 'web' })).throttleRate = rate;
    await expect(em.flush()).rejects.toThrow(/throttleRate must be a rate/);
    const written = app.orm.em.fork().nativeUpdate(Client, { name: 'web' }, { throttleRate: rate });
    await expect(written).rejects.toThrow(/durin_client_throttle_rate_check/);
  },
);

test('B33: a rate lowered below the used amount still has retryAfter', async () => {
  const { durin, fetch } = mount(app.durin());
  await durin.clients.update('web', { throttleRate: '5/m' });
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  for (let call = 0; call < 4; call += 1) expect(await fetch('me', { token })).toMatchObject({ status: 200 });
  await durin.clients.update('web', { throttleRate: '2/m' });
  app.clock.advance(20);
  const { status, headers } = await fetch('me', { token });
  expect(status).toBe(429);
  expect(headers.get('retry-after')).toBe('40');
  expect(headers.get('ratelimit-policy')).toBe('"client";q=2;w=60');
  expect(headers.get('ratelimit')).toBe('"client";r=0;t=40');
});

test('B34: forged tokens cost no statement; logins are throttled', async () => {
  const { callAs, fetch } = mount(app.durin());
  const forged = callAs({ token: '0'.repeat(64) });
  const forgery = statementsOf(app.orm, () => expect(forged.me()).rejects.toMatchObject(refusal('INVALID_TOKEN')));
  expect(await forgery).toEqual([]);
  const wrong = { username: 'alice', password: 'wrong', client: 'web' };
  const statuses: number[] = [];
  const ipAddress = '127.0.0.1';
  for (let guess = 0; guess < 11; guess += 1)
    statuses.push((await fetch('auth.login', { input: wrong, ipAddress })).status);
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 401), 429]);
  const { headers, error } = await fetch('auth.login', { input: { ...wrong, password }, ipAddress });
  expect(error).toMatchObject({ data: { durin: { code: 'THROTTLED', scope: 'login', retryAfter: 60 } } });
  expect(headers.get('retry-after')).toBe('60');
  const elsewhere = callAs({ ipAddress: '203.0.113.7' }).auth.login({ username: 'alice', password, client: 'web' });
  expect(await elsewhere).toHaveProperty('token');
});

test('B35: a claimed X-Forwarded-For opens no new bucket', async () => {
  for (const [trustProxy, forwarded] of [
    [0, ['10.0.0.1', '10.0.0.2']],
    [1, ['10.0.0.1, 192.0.2.7', '10.0.0.2, 192.0.2.7']],
  ] as const) {
    const durin = createDurin({ ...app.options, trustProxy });
    const limited = durin.throttledProcedure({ scope: 'search', rate: '1/m' }).query(() => 'found');
    const fetch = fetchOf(durin, t.router({ limited }));
    const statuses: number[] = [];
    for (const claim of forwarded) {
      statuses.push((await fetch('limited', { headers: { 'x-forwarded-for': claim } })).status);
    }
    expect(statuses).toEqual([200, 429]);
  }
});
