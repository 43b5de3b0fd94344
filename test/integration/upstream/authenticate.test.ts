import { expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { User } from '../../support/entities.ts';
import { day, mount, refusal, statementsOf, useApp } from './upstream-app.ts';

const app = useApp();

async function signedIn() {
  const mounted = mount(app.durin());
  const { token } = await mounted.durin.tokens.issue({ user: 1, client: 'web' });
  return { ...mounted, token };
}

test('1: an authenticated call costs one SQL statement', async () => {
  const { callAs, token } = await signedIn();
  const statements = await statementsOf(app.orm, () => callAs({ token }).me());
  expect(statements).toHaveLength(1);
  expect(statements[0]).toContain('durin_auth_token');
  expect(statements[0]).toContain('app_user');
});

test('2: with populate: false the user needs a second statement', async () => {
  const { durin, callAs } = mount(createDurin({ ...app.options, populate: false }));
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const statements = await statementsOf(app.orm, async () => {
    const { user } = await callAs({ token }).me();
    expect(user).toEqual({ id: 1 });
    await app.orm.em.fork().findOneOrFail(User, user.id);
  });
  expect(statements).toHaveLength(2);
});

test('3: authenticate() accepts headers, requests and bare tokens', async () => {
  const { durin, token } = await signedIn();
  const headers = { authorization: `Token ${token}` };
  for (const source of [
    token,
    headers,
    new Headers(headers),
    { headers },
    new Request('http://durin.test', { headers }),
  ]) {
    expect(await durin.authenticate(source)).toMatchObject({ user: { username: 'alice' }, client: { name: 'web' } });
  }
});

test('19: an expired token is refused with its own sentence', async () => {
  const { callAs, token } = await signedIn();
  app.clock.advance(day);
  await expect(callAs({ token }).me()).rejects.toMatchObject({
    code: 'UNAUTHORIZED',
    message: 'The given token has expired.',
  });
});

test('20: a token that lacks a character is invalid', async () => {
  const { callAs, token } = await signedIn();
  await expect(callAs({ token: token.slice(0, -1) }).me()).rejects.toMatchObject({
    code: 'UNAUTHORIZED',
    message: 'Invalid token.',
  });
});

test('21: a token with an extra character is invalid', async () => {
  const { callAs, token } = await signedIn();
  await expect(callAs({ token: `${token}1` }).me()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
});

test('22: presenting an expired token emits tokenExpired', async () => {
  const { durin, callAs, token } = await signedIn();
  const { id } = await durin.authenticate(token);
  const told: unknown[] = [];
  durin.events.on('tokenExpired', (event) => told.push(event));
  app.clock.advance(day);
  await expect(callAs({ token }).me()).rejects.toMatchObject(refusal('TOKEN_EXPIRED'));
  expect(told).toEqual([{ tokenId: id, userId: 1, client: 'web' }]);
});

test('23: the scheme Token is accepted, a misspelt one is not', async () => {
  const { fetch, token } = await signedIn();
  expect(await fetch('me', { header: `Token ${token}` })).toMatchObject({ status: 200 });
  expect(await fetch('me', { header: `Baerer ${token}` })).toMatchObject({ status: 401 });
});

test('24: a header of one word or more than two is refused', async () => {
  const { callAs, fetch, token } = await signedIn();
  for (const header of ['Token', 'Token ', `Token ${token} typo`]) {
    expect(await fetch('me', { header })).toMatchObject({ status: 401, error: { message: 'Invalid token header.' } });
    await expect(callAs({ header }).me()).rejects.toMatchObject(refusal('MALFORMED_HEADER'));
  }
});

test('observed: only the scheme is case-insensitive; spaces are ignored', async () => {
  const { callAs, token } = await signedIn();
  for (const header of [`token ${token}`, `TOKEN ${token}`, `  Token    ${token}  `]) {
    expect(await callAs({ header }).me()).toMatchObject({ user: { username: 'alice' } });
  }
  await expect(callAs({ token: token.toUpperCase() }).me()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
});
