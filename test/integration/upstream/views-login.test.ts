import { expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { password } from '../../support/app.ts';
import { User } from '../../support/entities.ts';
import { day, mount, refusal, useApp } from './upstream-app.ts';

const app = useApp();
const alice = { username: 'alice', password, client: 'web' } as const;

test('18: two users on three clients have three tokens each', async () => {
  const { callAs } = mount(app.durin());
  const given: string[] = [];
  for (const username of ['alice', 'bob']) {
    for (const client of ['web', 'cli', 'api'] as const) {
      given.push((await callAs().auth.login({ username, password, client })).token);
    }
  }
  for (const user of [1, 2]) expect(await app.tokens({ user })).toHaveLength(3);
  expect(new Set(given).size).toBe(6);
  for (const token of given) expect(token).toMatch(/^[0-9a-f]{64}$/);
});

test('25: login returns a token and its expiry, but no user', async () => {
  const { callAs } = mount(app.durin());
  expect(Object.keys(await callAs().auth.login(alice))).toEqual(['token', 'expiry']);
});

test('26: with serializeUser, login returns the serialized user', async () => {
  const { callAs } = mount(createDurin({ ...app.options, serializeUser: ({ username }) => ({ username }) }));
  expect(await callAs().auth.login(alice)).toMatchObject({ user: { username: 'alice' } });
});

test('27: login returns the expiry in the configured format', async () => {
  const { callAs } = mount(
    createDurin({ ...app.options, formatExpiry: (expiry) => expiry?.toISOString().slice(0, 10) ?? 'never' }),
  );
  expect((await callAs().auth.login(alice)).expiry).toBe('2026-11-24');
  expect((await callAs().auth.login({ ...alice, client: 'cli' })).expiry).toBe('never');
});

test('28: login returns the stored expiry, as a Date by default', async () => {
  const { callAs } = mount(app.durin());
  const { expiry } = await callAs().auth.login(alice);
  const [row] = await app.tokens();
  expect(expiry).toEqual(new Date(app.clock() + day * 1000));
  expect(row?.expiry).toEqual(expiry);
});

test('29: a login without a client is refused', async () => {
  const { fetch } = mount(app.durin());
  for (const input of [
    { username: 'alice', password },
    { ...alice, client: '' },
    { ...alice, client: null },
  ]) {
    expect(await fetch('auth.login', { input })).toMatchObject({
      status: 400,
      error: { message: 'No client specified.', data: refusal('NO_CLIENT') },
    });
  }
});

test('30: an unknown client is refused; names are case-sensitive', async () => {
  const { fetch } = mount(app.durin());
  for (const client of ['unknown', 'Web', 'web ', 7, { name: 'web' }, 'web\0']) {
    expect(await fetch('auth.login', { input: { ...alice, client } })).toMatchObject({
      status: 400,
      error: { message: 'No client with that name.', data: refusal('UNKNOWN_CLIENT') },
    });
  }
});

test('34: a second login of a pair returns the same token and expiry', async () => {
  const { callAs } = mount(app.durin());
  const first = await callAs().auth.login(alice);
  app.clock.advance(3600);
  expect(await callAs().auth.login(alice)).toEqual(first);
  expect(await app.tokens()).toHaveLength(1);
});

test('35: with refreshTokenOnLogin a second login renews the token', async () => {
  const { callAs } = mount(createDurin({ ...app.options, refreshTokenOnLogin: true }));
  const first = await callAs().auth.login(alice);
  app.clock.advance(3600);
  const second = await callAs().auth.login(alice);
  expect(second).toEqual({ token: first.token, expiry: new Date(app.clock() + day * 1000) });
  expect(second.expiry).not.toEqual(first.expiry);
  expect(await app.tokens()).toHaveLength(1);
});

test('observed: an inactive user is refused like a wrong password', async () => {
  const { fetch } = mount(app.durin());
  await app.orm.em.fork().nativeUpdate(User, { username: 'alice' }, { isActive: false });
  const inactive = await fetch('auth.login', { input: alice });
  const wrong = await fetch('auth.login', { input: { ...alice, password: 'wrong' } });
  const unknown = await fetch('auth.login', { input: { ...alice, username: 'nobody' } });
  expect(inactive).toMatchObject({ status: 401, error: { data: refusal('INVALID_CREDENTIALS') } });
  for (const answer of [wrong, unknown]) expect(answer.text).toBe(inactive.text);
});

test('observed: an empty login is refused per field, and GET is refused', async () => {
  const { fetch } = mount(app.durin());
  const { status, error } = await fetch('auth.login', { input: { client: 'web' } });
  expect(status).toBe(400);
  expect(error?.message).toMatch(/"username"[^]*"password"/);
  expect(await fetch('auth.login', { method: 'GET' })).toMatchObject({ status: 405 });
});
