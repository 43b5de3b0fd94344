import { expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { password } from '../../support/app.ts';
import { AuthToken, Client, User } from '../../support/entities.ts';
import { day, mount, refusal, useApp } from './upstream-app.ts';

const app = useApp();
const alice = { username: 'alice', password, client: 'web' } as const;

/** A new user and a new client, and a token for them that has just been used. */
async function openDoomed() {
  const mounted = mount(createDurin({ ...app.options, clients: { ...app.options.clients, bot: {} } }));
  const { durin, callAs } = mounted;
  const user = await app.addUser();
  const client = await durin.clients.create({ name: 'bot' });
  const { token, auth } = await durin.tokens.issue({ user, client: 'bot' });
  const { token: other } = await durin.tokens.issue({ user, client: 'web' });
  expect(await callAs({ token }).me()).toMatchObject({ user: { username: user.username } });
  return { ...mounted, user, client, token, other, id: auth.id, em: app.orm.em.fork() };
}

type Doomed = Awaited<ReturnType<typeof openDoomed>>;

const ends: Record<string, (doomed: Doomed) => Promise<unknown>> = {
  'a logout': ({ callAs, token }) => callAs({ token }).auth.logout(),
  'a logoutAll elsewhere': ({ callAs, other }) => callAs({ token: other }).auth.logoutAll(),
  'a revoked session': ({ callAs, other, id }) => callAs({ token: other }).auth.sessions.revoke({ id }),
  'a revocation of all others': ({ callAs, other }) => callAs({ token: other }).auth.sessions.revokeOthers(),
  'a revocation by the program': ({ durin, id }) => durin.tokens.revoke(id),
  'a revocation of all the user has': ({ durin, user }) => durin.tokens.revokeAll({ user }),
  'a new token of the pair': ({ durin, user }) => durin.tokens.issue({ user, client: 'bot' }),
  'a deleted row': ({ em, id }) => em.nativeDelete(AuthToken, { id }),
  'a row that the ORM removes': async ({ em, id }) => em.remove(await em.findOneOrFail(AuthToken, id)).flush(),
  'a deactivated user': async ({ em, user }) => {
    em.assign(await em.findOneOrFail(User, user.id), { isActive: false });
    await em.flush();
  },
  'a deleted user': async ({ em, user }) => em.remove(await em.findOneOrFail(User, user.id)).flush(),
  'a deleted client': ({ durin }) => durin.clients.delete('bot'),
  'a client that the ORM removes': async ({ em, client }) =>
    em.remove(await em.findOneOrFail(Client, client.id)).flush(),
  'its expiry': async () => app.clock.advance(day),
};

test.each(Object.entries(ends))('B14: %s ends a token for the next call', async (_, end) => {
  const doomed = await openDoomed();
  await end(doomed);
  const { callAs, fetch, token } = doomed;
  await expect(callAs({ token }).me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  expect(await fetch('me', { token })).toMatchObject({ status: 401 });
});

test('B14: later calls of the same request see a logout', async () => {
  const { callAs, token } = await openDoomed();
  const request = callAs({ token });
  await request.me();
  await request.auth.logout();
  await expect(request.me()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
});

test('B15: a refresh of a row that was just deleted is refused', async () => {
  const { callAs, token, em, id } = await openDoomed();
  const request = callAs({ token });
  await request.me(); // the request now remembers the session
  await em.nativeDelete(AuthToken, { id });
  await expect(request.auth.refresh()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
});

test('B16: a password change can end sessions in its transaction', async () => {
  const { durin, callAs, em, user, token, other } = await openDoomed();
  const revoked: string[] = [];
  durin.events.on('tokenRevoked', ({ client }) => revoked.push(client));
  const failed = em.transactional(async () => {
    await durin.tokens.revokeAll({ user });
    throw new Error('the new password was refused');
  });
  await expect(failed).rejects.toThrow('the new password was refused');
  expect(revoked).toEqual([]);
  expect(await callAs({ token }).me()).toMatchObject({ user: { username: user.username } });

  await em.transactional(async (inner) => {
    await inner.nativeUpdate(User, { id: user.id }, { passwordHash: 'another' });
    expect(await durin.tokens.revokeAll({ user })).toBe(2);
  });
  expect(revoked.toSorted()).toEqual(['bot', 'web']);
  for (const ended of [token, other]) {
    await expect(callAs({ token: ended }).me()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
  }
});

test('B16: a reactivated user has to log in again', async () => {
  const { callAs, em, user, token } = await openDoomed();
  for (const isActive of [false, true]) {
    em.assign(await em.findOneOrFail(User, user.id), { isActive });
    await em.flush();
  }
  await expect(callAs({ token }).me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
});

test('B17: two devices on one client share a token, unless logins rotate it', async () => {
  const sharing = mount(app.durin());
  const laptop = await sharing.callAs().auth.login(alice);
  const desktop = await sharing.callAs().auth.login(alice);
  expect(desktop.token).toBe(laptop.token);
  await sharing.callAs({ token: laptop.token }).auth.logout();
  await expect(sharing.callAs({ token: desktop.token }).me()).rejects.toMatchObject(refusal('INVALID_TOKEN'));

  const rotating = mount(createDurin({ ...app.options, rotateTokenOnLogin: true }));
  const first = await rotating.callAs().auth.login(alice);
  const second = await rotating.callAs().auth.login(alice);
  expect(await rotating.callAs({ token: second.token }).me()).toMatchObject({ user: { username: 'alice' } });
  await expect(rotating.callAs({ token: first.token }).me()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
});

test('B18: logoutAll ends the API key too, unless it is excepted', async () => {
  const { durin, callAs } = mount(createDurin({ ...app.options, apiAccess: { clientName: 'api' } }));
  const { token: key } = await durin.tokens.issue({ user: 1, client: 'api' });
  const web = () => durin.tokens.issue({ user: 1, client: 'web' });
  await callAs({ token: (await web()).token }).auth.logoutAll({ exceptApiAccess: true });
  expect(await app.tokens()).toMatchObject([{ client: { name: 'api' } }]);
  expect(await callAs({ token: key }).me()).toMatchObject({ user: { username: 'alice' } });
  await callAs({ token: (await web()).token }).auth.logoutAll();
  await expect(callAs({ token: key }).me()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
});

test('B19: an API key may delete itself', async () => {
  const { durin, callAs } = mount(createDurin({ ...app.options, apiAccess: { clientName: 'api' } }));
  const { token: key } = await durin.tokens.issue({ user: 1, client: 'api' });
  await callAs({ token: key }).auth.apiAccess.delete();
  await expect(callAs({ token: key }).auth.apiAccess.get()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
});
