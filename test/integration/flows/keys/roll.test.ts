import { expect, test } from 'vitest';
import { AuthToken } from '../../../support/entities.ts';
import { refusal, useKeysApp } from '../../../support/keys/keys-app.ts';

const app = useKeysApp();
const day = 86_400;
const inDays = (days: number) => new Date(app.clock() + days * day * 1000);

test('a rolled key has the name, the scopes and the lifetime of the old one', async () => {
  const { keys } = await app.enter();
  const old = await keys.create({ name: 'CI', scopes: ['read'], ttl: '7d' });
  app.clock.advance(3 * day);
  const { token, ...view } = await keys.roll({ id: old.id });
  expect(view).toMatchObject({ name: 'CI', scopes: ['read'], expiry: inDays(7), replaces: old.id, lastUsedAt: null });
  expect(token).not.toBe(old.token);
  expect((await keys.list()).map(({ id }) => id)).toEqual([view.id, old.id]);
});

test.each([
  ['of the default lifetime', undefined, 30],
  ['that never expires', null, null],
] as const)('a key %s is rolled to another one', async (_, ttl, days) => {
  const { keys } = await app.enter();
  const { id } = await keys.create({ name: 'A', ttl });
  app.clock.advance(day);
  expect((await keys.roll({ id })).expiry).toEqual(days && inDays(days));
});

test.each([
  ['a key that never expires', null, 60],
  ['a longer one', '90d', 60],
  ['a shorter one', '45d', 45],
] as const)('%s is rolled to one within maxTtl', async (_, ttl, days) => {
  const { durin, keys } = await app.enter({ maxTtl: '60d' });
  const { auth } = await durin.tokens.issue({ user: 1, client: 'api', name: 'A', ttl }); // which maxTtl does not bind
  expect((await keys.roll({ id: auth.id })).expiry).toEqual(inDays(days));
});

test('the old key works until the new one is used, and then for the overlap', async () => {
  const { keys, callAs, events } = await app.enter();
  const old = await keys.create({ name: 'A' });
  const { token, id } = await keys.roll({ id: old.id });
  app.clock.advance(5 * day);
  expect(await callAs(old).read()).toBe(old.id);

  expect(await callAs({ token }).read()).toBe(id);
  expect(await keys.list()).toMatchObject([
    { id, replaces: null },
    { id: old.id, expiry: inDays(1) },
  ]);
  expect(events.of('tokenRenewed')).toMatchObject([{ tokenId: old.id, expiry: inDays(1) }]);
  app.clock.advance(day - 1);
  expect(await callAs(old).read()).toBe(old.id);
  expect(await callAs({ token }).read()).toBe(id);
  app.clock.advance(1);
  await expect(callAs(old).read()).rejects.toMatchObject(refusal('TOKEN_EXPIRED'));
  expect(events.count('tokenRenewed')).toBe(1);
});

test('without an overlap, the old key ends at the first use', async () => {
  const { keys, callAs, events } = await app.enter();
  const old = await keys.create({ name: 'A' });
  const { token, id } = await keys.roll({ id: old.id, overlap: '0s' });
  expect(await callAs(old).read()).toBe(old.id);
  expect(await callAs({ token }).read()).toBe(id);
  await expect(callAs(old).read()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
  expect(events.of('tokenRevoked')).toMatchObject([{ tokenId: old.id, reason: 'replaced' }]);
});

test('an overlap does not extend the old key', async () => {
  const { keys, callAs, events } = await app.enter();
  const old = await keys.create({ name: 'A', ttl: '1h' });
  await callAs(await keys.roll({ id: old.id, overlap: '2h' })).read();
  expect(await keys.list()).toMatchObject([{}, { id: old.id, expiry: old.expiry }]);
  expect(events.count('tokenRenewed')).toBe(0);
});

test.each([
  ['the overlap', 'of the default lifetime', undefined, 0],
  ['its expiry', 'that is about to expire', undefined, 30 * day - 60],
  ['the overlap', 'that never expires', null, 0],
] as const)('nothing extends beyond %s a key %s', async (end, _, ttl, age) => {
  const { keys, callAs, durin } = await app.enter();
  const old = await keys.create({ name: 'A', scopes: ['read'], ttl });
  app.clock.advance(age);
  const { token } = await durin.tokens.issue({ user: 1, client: 'cli' }); // the one on the web may have expired
  await callAs(await callAs({ token }).auth.keys.roll({ id: old.id, overlap: '1h' })).read();
  expect((await durin.tokens.renew(old.id)).expiry).toEqual(end === 'the overlap' ? inDays(1 / 24) : old.expiry);
});

test('a call that is refused is no first use', async () => {
  const { keys, callAs } = await app.enter();
  const old = await keys.create({ name: 'A', scopes: ['read'] });
  const { token, id } = await keys.roll({ id: old.id, overlap: '0s' });
  await expect(callAs({ token }).write()).rejects.toMatchObject(refusal('INSUFFICIENT_SCOPE'));
  await expect(callAs({ token }).me()).rejects.toMatchObject(refusal('INSUFFICIENT_SCOPE'));
  expect(await callAs(old).read()).toBe(old.id);
  expect(await keys.list()).toMatchObject([{ id, replaces: old.id }, {}]);
});

test('a key can be rolled again if the answer was lost', async () => {
  const { keys, callAs, events } = await app.enter({ max: 1 });
  const old = await keys.create({ name: 'A' });
  const lost = await keys.roll({ id: old.id });
  const { token, id } = await keys.roll({ id: old.id });
  await expect(callAs(lost).read()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
  expect(await callAs(old).read()).toBe(old.id);
  expect(await callAs({ token }).read()).toBe(id);
  expect((await keys.list()).map((key) => key.id)).toEqual([id, old.id]);
  expect(events.of('tokenRevoked')).toMatchObject([{ tokenId: lost.id, reason: 'replaced' }]);
});

test('the first use of the last key of a line ends all before it', async () => {
  const { keys, callAs } = await app.enter();
  const first = await keys.create({ name: 'A' });
  const second = await keys.roll({ id: first.id });
  const third = await keys.roll({ id: second.id, overlap: '0s' });
  expect(await callAs(third).read()).toBe(third.id);
  for (const old of [first, second]) await expect(callAs(old).read()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
});

test('a key whose successor was used is not rolled', async () => {
  const { keys, callAs } = await app.enter({ max: 1 });
  const old = await keys.create({ name: 'A' });
  await callAs(await keys.roll({ id: old.id })).read();
  await expect(keys.roll({ id: old.id })).rejects.toMatchObject(refusal('KEY_NOT_FOUND'));
  expect(await callAs(old).read()).toBe(old.id);
});

test('of a line of keys, one keeps working for the overlap', async () => {
  const { keys, callAs } = await app.enter({ max: 2 });
  const line = [(await keys.create({ name: 'A' })).id];
  for (let rolls = 0; rolls < 4; rolls += 1) {
    const rolled = await keys.roll({ id: line[0] as string, overlap: '30d' });
    await callAs(rolled).read();
    line.unshift(rolled.id);
  }
  expect((await keys.list()).map(({ id }) => id)).toEqual(line.slice(0, 2));
  await keys.create({ name: 'B' });
  await expect(keys.create({ name: 'C' })).rejects.toMatchObject(refusal('KEY_LIMIT'));
});

test('the key in use keeps working, and one rolled unused does not', async () => {
  const { keys, callAs } = await app.enter();
  const first = await keys.create({ name: 'A' });
  const second = await keys.roll({ id: first.id });
  const third = await keys.roll({ id: second.id });
  await callAs(third).read();
  expect(await callAs(first).read()).toBe(first.id);
  await expect(callAs(second).read()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
  expect(await keys.list()).toMatchObject([{ id: third.id }, { id: first.id, expiry: inDays(1) }]);
});

type Entered = Awaited<ReturnType<typeof app.enter>>;

test.each<[string, (entered: Entered, key: { id: string; token: string }) => Promise<unknown>]>([
  ['is revoked', ({ keys }, { id }) => keys.revoke({ id })],
  ['logs out', ({ callAs }, key) => callAs(key).auth.logout()],
  ['is deleted in SQL', (_, { id }) => app.orm.em.fork().nativeDelete(AuthToken, { id })],
])('a line of keys ends also if a key in its middle %s', async (_, end) => {
  const entered = await app.enter();
  const { keys, callAs } = entered;
  const first = await keys.create({ name: 'A', ttl: null });
  const second = await keys.roll({ id: first.id });
  const third = await keys.roll({ id: second.id });
  await end(entered, second);
  await callAs(third).read();
  expect(await keys.list()).toMatchObject([{ id: third.id }, { id: first.id, expiry: inDays(1) }]);
});

test('a key and the one that it replaces count once', async () => {
  const { keys } = await app.enter({ max: 2 });
  const { id } = await keys.create({ name: 'A' });
  await keys.roll({ id });
  await keys.create({ name: 'B' });
  await expect(keys.create({ name: 'C' })).rejects.toMatchObject(refusal('KEY_LIMIT'));
  await keys.roll({ id });
});

test('an expired key and a revoked one are not rolled', async () => {
  const { keys } = await app.enter();
  const { id } = await keys.create({ name: 'A', ttl: '1h' });
  app.clock.advance(3600);
  await expect(keys.roll({ id })).rejects.toMatchObject(refusal('KEY_NOT_FOUND'));
  const revoked = await keys.create({ name: 'A' });
  await keys.revoke(revoked);
  await expect(keys.roll(revoked)).rejects.toMatchObject(refusal('KEY_NOT_FOUND'));
});

test('a rolled key works after its old key was revoked', async () => {
  const { keys, callAs } = await app.enter();
  const old = await keys.create({ name: 'A' });
  const { token, id } = await keys.roll({ id: old.id });
  await keys.revoke({ id: old.id });
  expect(await callAs({ token }).read()).toBe(id);
  expect(await keys.list()).toMatchObject([{ id, replaces: null }]);
});

test('a session does not get the scopes that it lacks by a roll', async () => {
  const { keys, durin, callAs } = await app.enter();
  const limited = callAs(await durin.tokens.issue({ user: 1, client: 'cli' })).auth.keys;
  const wide = await keys.create({ name: 'wide' });
  const narrow = await keys.create({ name: 'narrow', scopes: ['read'] });
  await expect(limited.roll({ id: wide.id })).rejects.toMatchObject(
    refusal('INSUFFICIENT_SCOPE', { missing: ['write'] }),
  );
  expect(await limited.roll({ id: narrow.id })).toMatchObject({ scopes: ['read'] });
});

test('a roll needs a fresh session if the app says so', async () => {
  const { durin, keys } = await app.enter({ fresh: '15m' });
  const { auth } = await durin.tokens.issue({ user: 1, client: 'api', name: 'A' });
  await expect(keys.roll({ id: auth.id })).rejects.toMatchObject(refusal('REAUTHENTICATION_REQUIRED'));
});

test.each(['soon', -1, '1w'])('an overlap of %j is refused', async (overlap) => {
  const { keys } = await app.enter();
  const { id } = await keys.create({ name: 'A' });
  await expect(keys.roll({ id, overlap: overlap as '1d' })).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});

test('an overlap beyond 30 days is refused', async () => {
  const { keys } = await app.enter();
  const { id } = await keys.create({ name: 'A' });
  await expect(keys.roll({ id, overlap: '31d' })).rejects.toMatchObject({
    code: 'BAD_REQUEST',
    message: expect.stringMatching(/must be at most 30 days[^]*overlap/),
  });
  expect(await keys.roll({ id, overlap: '30d' })).toMatchObject({ replaces: id });
});

test('the row of a used key names the key that keeps working', async () => {
  const { keys, callAs } = await app.enter();
  const { id } = await keys.create({ name: 'A' });
  const rolled = await keys.roll({ id, overlap: '2h' });
  const row = () => app.orm.em.fork().findOneOrFail(AuthToken, rolled.id);
  expect(await row()).toMatchObject({ replaces: id, line: [id], overlap: 7200 });
  await callAs(rolled).read();
  expect(await row()).toMatchObject({ replaces: null, line: [id], overlap: null });
});
