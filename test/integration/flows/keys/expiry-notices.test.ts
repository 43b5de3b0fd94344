import { expect, test } from 'vitest';
import { refusal, useKeysApp } from '../../../support/keys/keys-app.ts';

const app = useKeysApp();
const day = 86_400;

/** The notices so far: what `durin.tokens.purgeExpired` or `durin.flush` emitted. */
async function enterWithNotices(ttl: '14d' | '30d' | '5d') {
  const entered = await app.enter();
  const notices: { daysLeft: number; name: string | null; tokenId: string; expiry: Date }[] = [];
  entered.durin.events.on('tokenExpiring', (event) => notices.push(event));
  const key = await entered.keys.create({ name: 'CI', ttl });
  return { ...entered, key, notices, days: () => notices.map(({ daysLeft }) => daysLeft) };
}

test('each step is reported once', async () => {
  const { durin, key, notices, days } = await enterWithNotices('30d');
  await durin.tokens.purgeExpired();
  app.clock.advance(16 * day - 1);
  await durin.tokens.purgeExpired();
  expect(days()).toEqual([]);
  for (const seconds of [1, 1, 7 * day - 2, 1, 6 * day - 1, 1, day - 2]) {
    app.clock.advance(seconds);
    await durin.tokens.purgeExpired();
  }
  expect(days()).toEqual([14, 7, 1]);
  expect(notices[0]).toEqual({
    tokenId: key.id,
    userId: 1,
    client: 'api',
    name: 'CI',
    expiry: key.expiry,
    daysLeft: 14,
  });
  app.clock.advance(day);
  await durin.tokens.purgeExpired();
  expect(days()).toEqual([14, 7, 1]);
});

test.each([
  ['14d', 13, [7]],
  ['5d', 1, []],
  ['5d', 4.5, [1]],
] as const)('a step that was past when the key was created is left out: %s', async (ttl, after, expected) => {
  const { durin, days } = await enterWithNotices(ttl);
  app.clock.advance(after > 10 ? 8 * day : after * day);
  await durin.flush();
  expect(days()).toEqual(expected);
});

test('a step that nobody noticed is not made up for', async () => {
  const { durin, days } = await enterWithNotices('30d');
  app.clock.advance(25 * day);
  await durin.flush();
  await durin.flush();
  expect(days()).toEqual([7]);
});

test('a use of the key is enough', async () => {
  const { callAs, key, days } = await enterWithNotices('30d');
  app.clock.advance(20 * day);
  await callAs(key).read();
  await expect.poll(days).toEqual([14]);
});

test('a notice that is missed by an outage is given later', async () => {
  const { durin, days } = await enterWithNotices('30d');
  app.clock.advance(20 * day);
  await app.orm.em.getConnection().execute('alter table durin_auth_token rename column warned_at to hidden');
  await durin.flush();
  await expect(durin.tokens.purgeExpired()).rejects.toThrow('warned_at');
  await app.orm.em.getConnection().execute('alter table durin_auth_token rename column hidden to warned_at');
  expect(days()).toEqual([]);
  await durin.flush();
  expect(days()).toEqual([14]);
});

test('a flush looks at all keys at most once an hour', async () => {
  const { durin, days } = await enterWithNotices('30d');
  app.clock.advance(16 * day - 1);
  await durin.flush();
  app.clock.advance(1);
  await durin.flush();
  expect(days()).toEqual([]);
  app.clock.advance(3600);
  await durin.flush();
  expect(days()).toEqual([14]);
});

test('a flush always looks at the keys that were used', async () => {
  const { durin, days, callAs, key } = await enterWithNotices('30d');
  app.clock.advance(16 * day - 1);
  await durin.flush();
  app.clock.advance(1);
  await callAs(key).read();
  await durin.flush();
  expect(days()).toEqual([14]);
});

test('expired tokens are purged, even if notices fail', async () => {
  const { durin, token, events } = await enterWithNotices('30d');
  app.clock.advance(20 * day); // the session has expired, and the key has not
  await app.orm.em.getConnection().execute('alter table durin_auth_token rename column warned_at to hidden');
  await expect(durin.tokens.purgeExpired()).rejects.toThrow('warned_at');
  await app.orm.em.getConnection().execute('alter table durin_auth_token rename column hidden to warned_at');
  expect(token).toEqual(expect.any(String));
  expect(events.of('tokenExpired')).toMatchObject([{ client: 'web' }]);
});

test('sessions, and keys that never expire, have no notices', async () => {
  const { durin, keys, days, callAs } = await enterWithNotices('30d');
  await keys.create({ name: 'forever', ttl: null });
  app.clock.advance(13.5 * day);
  await durin.flush();
  expect(days()).toEqual([]);
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  await expect(callAs({ token }).auth.keys.revoke({ id: 'none' })).rejects.toMatchObject(refusal('KEY_NOT_FOUND'));
});

test.each(['24h', '3d', '30d'] as const)('the end of a replaced key after %s is no news', async (overlap) => {
  const { durin, keys, key, callAs, notices } = await enterWithNotices('30d');
  app.clock.advance(day);
  await callAs(await keys.roll({ id: key.id, overlap })).read();
  for (let days = 0; days < 16; days += 1) {
    await callAs(key)
      .read()
      .catch(() => {});
    await durin.flush();
    app.clock.advance(day);
  }
  expect(notices.filter(({ tokenId }) => tokenId === key.id)).toEqual([]);
});
