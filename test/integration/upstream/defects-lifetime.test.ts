import { expect, test } from 'vitest';
import { createDurin, type Duration } from '../../../src/index.ts';
import { password } from '../../support/app.ts';
import { Client } from '../../support/entities.ts';
import { day, mount, refusal, useApp } from './upstream-app.ts';

const app = useApp();
const alice = { username: 'alice', password, client: 'web' } as const;

test('B5: a login replaces an expired token with a working one', async () => {
  const { callAs } = mount(app.durin());
  const first = await callAs().auth.login(alice);
  app.clock.advance(day);
  const second = await callAs().auth.login(alice);
  expect(second.token).not.toBe(first.token);
  expect(second.expiry).toEqual(new Date(app.clock() + day * 1000));
  expect(await callAs({ token: second.token }).me()).toMatchObject({ user: { username: 'alice' } });
  await expect(callAs({ token: first.token }).me()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
  expect(await app.tokens()).toHaveLength(1);
});

test('B6: a client without a lifetime uses the default', async () => {
  const { durin, callAs } = mount(createDurin({ ...app.options, clients: { bot: {} }, defaultTokenTtl: '2h' }));
  expect(await durin.clients.create({ name: 'bot' })).toMatchObject({ tokenTtl: 7200 });
  const { token } = await durin.tokens.issue({ user: 1, client: 'bot' });
  app.clock.advance(7199);
  expect(await callAs({ token }).me()).toMatchObject({ user: { username: 'alice' } });
});

test.each([0, -1, '0s', '-1d', '', 0.5, Number.NaN])('B6: the lifetime %j is refused everywhere', async (ttl) => {
  const tokenTtl = ttl as Duration;
  const sentence = /must be a duration such as '60s'/;
  const { clients, tokens } = app.durin();
  await expect(clients.create({ name: 'bot', tokenTtl })).rejects.toThrow(sentence);
  await expect(clients.update('web', { tokenTtl })).rejects.toThrow(sentence);
  await expect(tokens.issue({ user: 1, client: 'web', ttl: tokenTtl })).rejects.toThrow(sentence);
  expect(() => createDurin({ ...app.options, defaultTokenTtl: tokenTtl })).toThrow(sentence);
  expect(() => createDurin({ ...app.options, clients: { web: { tokenTtl } } })).toThrow(sentence);
  const em = app.orm.em.fork();
  em.create(Client, { name: 'bot', tokenTtl: tokenTtl as number });
  await expect(em.flush()).rejects.toThrow(sentence);
});

test('B6: the database refuses a lifetime of zero', async () => {
  const written = app.orm.em.fork().nativeUpdate(Client, { name: 'web' }, { tokenTtl: 0 });
  await expect(written).rejects.toThrow(/durin_client_token_ttl_check/);
});

test('B7: a login never revives a token, and rotation issues a new one', async () => {
  const refreshing = mount(createDurin({ ...app.options, refreshTokenOnLogin: true }));
  const dead = await refreshing.callAs().auth.login(alice);
  app.clock.advance(31 * day);
  const fresh = await refreshing.callAs().auth.login(alice);
  expect(fresh.token).not.toBe(dead.token);
  await expect(refreshing.callAs({ token: dead.token }).me()).rejects.toMatchObject(refusal('INVALID_TOKEN'));

  const rotating = mount(createDurin({ ...app.options, rotateTokenOnLogin: true }));
  const { token } = await rotating.callAs().auth.login(alice);
  expect(token).not.toBe(fresh.token);
  await expect(rotating.callAs({ token: fresh.token }).me()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
});

test('B8: a refresh starts one full lifetime; a revoked token has none', async () => {
  const { durin, callAs } = mount(app.durin());
  const { token, auth } = await durin.tokens.issue({ user: 1, client: 'web' });
  for (let renewal = 0; renewal < 60; renewal += 1) {
    app.clock.advance(day / 2);
    expect((await callAs({ token }).auth.refresh()).expiry).toEqual(new Date(app.clock() + day * 1000));
  }
  expect(await durin.tokens.revoke(auth.id)).toBe(true);
  await expect(callAs({ token }).auth.refresh()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
});

test('B9: a lifetime may be endless, but not exceed the column', async () => {
  const longest = 2 ** 31 - 1;
  const clients = { ...app.options.clients, bot: { tokenTtl: longest } };
  const { durin, callAs } = mount(createDurin({ ...app.options, clients }));
  await durin.clients.sync();
  const forever = await callAs().auth.login({ ...alice, client: 'cli' });
  expect(forever.expiry).toBeNull();
  const long = await callAs().auth.login({ ...alice, client: 'bot' });
  expect(long.expiry).toEqual(new Date(app.clock() + longest * 1000));
  expect((await callAs({ token: long.token }).auth.refresh()).expiry).toEqual(long.expiry);
  for (const tokenTtl of [longest + 1, Number.POSITIVE_INFINITY, '999999999d'] as const) {
    const creation = durin.clients.create({ name: 'huge', tokenTtl });
    await expect(creation).rejects.toThrow(/from 1 second to 68 years$/);
  }
  app.clock.advance(100 * 365 * day);
  expect(await callAs({ token: forever.token }).me()).toMatchObject({ user: { username: 'alice' } });
});

test('B10: expiresIn is the time left, or never', async () => {
  const { durin, callAs } = mount(createDurin({ ...app.options, apiAccess: { clientName: 'api' } }));
  const { token } = await durin.tokens.issue({ user: 1, client: 'cli' });
  expect((await callAs({ token }).me()).auth).toMatchObject({ expiresIn: 'never', hasExpired: false });
  await durin.tokens.issue({ user: 1, client: 'api', ttl: '30d' });
  const { apiAccess } = callAs({ token }).auth;
  app.clock.advance(30 * day - 3600);
  expect(await apiAccess.get()).toMatchObject({ expiresIn: '1 hour', hasExpired: false });
  app.clock.advance(7200);
  expect(await apiAccess.get()).toMatchObject({ expiresIn: '0 seconds', hasExpired: true });
});

test('B11: expired tokens are not listed, and a purge deletes only them', async () => {
  const { durin, callAs } = mount(app.durin());
  const { token } = await durin.tokens.issue({ user: 1, client: 'cli' });
  for (const client of ['web', 'api'] as const) await durin.tokens.issue({ user: 1, client, ttl: '1h' });
  expect(await callAs({ token }).auth.sessions.list()).toHaveLength(3);
  app.clock.advance(3600);
  expect(await callAs({ token }).auth.sessions.list()).toMatchObject([{ client: 'cli' }]);
  expect(await app.tokens()).toHaveLength(3);
  expect(await durin.tokens.purgeExpired({ batchSize: 1 })).toBe(2);
  expect(await app.tokens()).toHaveLength(1);
  expect(await durin.tokens.purgeExpired()).toBe(0);
});

test('B12: a token is valid to the millisecond before its expiry', async () => {
  const { durin, callAs } = mount(app.durin());
  const { token: cli } = await durin.tokens.issue({ user: 1, client: 'cli' });
  const { token } = await durin.tokens.issue({ user: 1, client: 'web', ttl: '1s' });
  app.clock.advance(0.999);
  expect((await callAs({ token }).me()).auth).toMatchObject({ hasExpired: false, expiresIn: '1 second' });
  expect(await callAs({ token: cli }).auth.sessions.list()).toHaveLength(2);
  app.clock.advance(0.001);
  expect(await callAs({ token: cli }).auth.sessions.list()).toHaveLength(1);
  await expect(callAs({ token }).me()).rejects.toMatchObject(refusal('TOKEN_EXPIRED'));
});

test('B13: a dead token has expired, and is invalid without its row', async () => {
  const { durin, callAs } = mount(app.durin());
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  app.clock.advance(day);
  for (const code of ['TOKEN_EXPIRED', 'INVALID_TOKEN', 'INVALID_TOKEN'] as const) {
    await expect(callAs({ token }).me()).rejects.toMatchObject({ code: 'UNAUTHORIZED', ...refusal(code) });
  }
});
