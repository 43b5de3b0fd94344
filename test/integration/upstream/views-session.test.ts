import { expect, test } from 'vitest';
import { createDurin, type DurinEvents, type EventName } from '../../../src/index.ts';
import { password } from '../../support/app.ts';
import { day, mount, refusal, useApp } from './upstream-app.ts';

const app = useApp();

/** Alice on three clients, bob on one; alice calls with the token of web. */
async function openSessions(durin = app.durin()) {
  const mounted = mount(durin);
  const web = await durin.tokens.issue({ user: 1, client: 'web' });
  const cli = await durin.tokens.issue({ user: 1, client: 'cli' });
  const api = await durin.tokens.issue({ user: 1, client: 'api' });
  const bobs = await durin.tokens.issue({ user: 2, client: 'web' });
  return { ...mounted, web, cli, api, bobs, asAlice: mounted.callAs({ token: web.token }) };
}

test('31: logout ends only the presented token', async () => {
  const { asAlice, web } = await openSessions();
  await asAlice.auth.logout();
  const left = await app.tokens({ user: 1 });
  expect(left).toHaveLength(2);
  expect(left.map(({ id }) => id)).not.toContain(web.auth.id);
});

test("32: logoutAll ends all of the user's tokens", async () => {
  const { asAlice } = await openSessions();
  await asAlice.auth.logoutAll();
  expect(await app.tokens({ user: 1 })).toEqual([]);
});

test("33: logoutAll leaves other users' tokens", async () => {
  const { asAlice, callAs, bobs } = await openSessions();
  await asAlice.auth.logoutAll();
  expect(await callAs({ token: bobs.token }).me()).toMatchObject({ user: { username: 'bob' } });
});

test('36: refresh returns the new expiry and emits tokenRenewed', async () => {
  const { durin, asAlice, web } = await openSessions();
  const renewed: DurinEvents['tokenRenewed'][] = [];
  durin.events.on('tokenRenewed', (event) => renewed.push(event));
  app.clock.advance(3600);
  const { expiry } = await asAlice.auth.refresh();
  expect(expiry).toEqual(new Date(app.clock() + day * 1000));
  expect(renewed).toEqual([{ tokenId: web.auth.id, userId: 1, client: 'web', expiry }]);
  expect(await app.tokens({ user: 1 })).toHaveLength(3);
});

test('37: the list of sessions contains neither tokens nor the user', async () => {
  const { asAlice, fetch, web, cli, api } = await openSessions();
  const sessions = await asAlice.auth.sessions.list();
  expect(sessions).toHaveLength(3);
  const shown =
    'id client name device created expiry hasExpired expiresIn isCurrent lastUsedAt ipAddress userAgent'.split(' ');
  for (const session of sessions) expect(Object.keys(session).toSorted()).toEqual(shown.toSorted());
  const { text } = await fetch('auth.sessions.list', { token: web.token });
  for (const { token } of [web, cli, api]) {
    expect(text).not.toContain(token.slice(0, 32));
    expect(text).not.toContain(token.slice(32));
  }
});

test.each([
  [false, ['api', 'cli', 'web']],
  [true, ['cli', 'web']],
])('38: with excludeFromSessions %s the sessions are %j', async (excludeFromSessions, expected) => {
  const apiAccess = { clientName: 'api', excludeFromSessions } as const;
  const { asAlice } = await openSessions(createDurin({ ...app.options, apiAccess }));
  const names = (await asAlice.auth.sessions.list()).map(({ client }) => client);
  expect(names.toSorted()).toEqual(expected);
});

test("39: revoking one's other session deletes its row", async () => {
  const { asAlice, callAs, cli } = await openSessions();
  await asAlice.auth.sessions.revoke({ id: cli.auth.id });
  expect((await app.tokens({ user: 1 })).map(({ id }) => id)).not.toContain(cli.auth.id);
  await expect(callAs({ token: cli.token }).me()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
});

test('40: the current session cannot be revoked', async () => {
  const { fetch, web } = await openSessions();
  expect(await fetch('auth.sessions.revoke', { token: web.token, input: { id: web.auth.id } })).toMatchObject({
    status: 400,
    error: { message: 'Use logout to end the current session.', data: refusal('CURRENT_SESSION') },
  });
  expect(await app.tokens({ user: 1 })).toHaveLength(3);
});

test('observed: sessions of others are not found, and GET is refused', async () => {
  const { fetch, web, bobs } = await openSessions();
  const input = { id: bobs.auth.id };
  expect(await fetch('auth.sessions.revoke', { token: web.token, input })).toMatchObject({
    status: 404,
    error: { message: 'Not found.', data: refusal('SESSION_NOT_FOUND') },
  });
  expect(await fetch('auth.sessions.revoke', { token: web.token, method: 'GET' })).toMatchObject({ status: 405 });
  expect(await app.tokens({ user: 2 })).toHaveLength(1);
});

test('observed: loggedOut is emitted on logout, not on revocation', async () => {
  const { durin, callAs, cli } = await openSessions();
  const told: EventName[] = [];
  for (const name of ['loggedIn', 'loggedOut'] as const) durin.events.on(name, () => told.push(name));
  const { token } = await callAs().auth.login({ username: 'alice', password, client: 'web' });
  expect(told).toEqual(['loggedIn']);
  await callAs({ token }).auth.sessions.revoke({ id: cli.auth.id });
  expect(told).toEqual(['loggedIn']);
  await callAs({ token }).auth.logout();
  expect(told).toEqual(['loggedIn', 'loggedOut']);
});

test('observed: refresh without a token and a second logout are a 401', async () => {
  const { fetch, web } = await openSessions();
  expect(await fetch('auth.refresh', { input: undefined })).toMatchObject({
    status: 401,
    error: { message: 'Authentication credentials were not provided.' },
  });
  expect(await fetch('auth.logout', { token: web.token, input: undefined })).toMatchObject({ status: 200 });
  expect(await fetch('auth.logout', { token: web.token, input: undefined })).toMatchObject({ status: 401 });
});
