import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ClientInput } from '../../../src/index.ts';
import { type Arena, atOnce, type Contest, expectTrueLives, openArena, settle } from '../../support/arena.ts';
import { AuthToken } from '../../support/entities.ts';
import { testLength } from '../../support/test-length.ts';

/** How many logins race for the slots of a client. */
const crowd = testLength === 'full' ? 1000 : 250;

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterAll(() => arena.close());

/** A contest whose logins are for a client of its own. */
async function enterDevices(name: string, fields: Partial<ClientInput>) {
  const contest = await arena.enter();
  await contest.durin.clients.create({ name, tokenTtl: '1d', ...fields });
  const login = () => contest.login(name as 'web');
  return { ...contest, login, slots: async () => (await contest.rows()).map(({ slot }) => slot).toSorted() };
}

test('many logins at a limit of five leave five sessions', async () => {
  const contest = await enterDevices('five', { maxSessions: 5 });
  const { values, codes } = await settle(atOnce(crowd, contest.login));
  expect(codes).toEqual({});
  expect(new Set(values.map(({ token }) => token)).size).toBe(crowd);
  expect(await contest.slots()).toEqual([0, 1, 2, 3, 4]);
  expect(contest.events.of('tokenRevoked').filter(({ reason }) => reason === 'evicted')).toHaveLength(crowd - 5);
  await expectTrueLives(contest);
});

test('many logins at a limit that refuses are five sessions', async () => {
  const contest = await enterDevices('refusing', { maxSessions: 5, atLimit: 'refuse' });
  const { values, codes } = await settle(atOnce(crowd, contest.login));
  expect(codes).toEqual({ SESSION_LIMIT: crowd - 5 });
  expect(values).toHaveLength(5);
  expect(await contest.slots()).toEqual([0, 1, 2, 3, 4]);
  expect(contest.events.count('tokenRevoked')).toBe(0);
  await expectTrueLives(contest);
});

test('logins while the limit is lowered leave at most as many', async () => {
  const contest = await enterDevices('lowered', { maxSessions: 20 });
  await settle(atOnce(20, contest.login));
  const lower = contest.durin.clients.update('lowered', { maxSessions: 3 });
  const { codes } = await settle<unknown>([...atOnce(50, contest.login), lower]);
  expect(codes).toEqual({});
  await contest.login();
  expect(await contest.rows()).toHaveLength(3);
  await expectTrueLives(contest);
});

test('logins while all sessions are revoked leave no earlier one', async () => {
  const contest = await enterDevices('revoked', { maxSessions: 5 });
  await settle(atOnce(5, contest.login));
  const before = new Set((await contest.rows()).map(({ id }) => id));
  const ending = contest.durin.tokens.revokeAll({ user: contest.userId });
  const { codes } = await settle<unknown>([...atOnce(100, contest.login), ending]);
  expect(Object.keys(codes).filter((code) => code !== 'INVALID_CREDENTIALS')).toEqual([]);
  const after = (await contest.rows()).map(({ id }) => id);
  expect(after.filter((id) => before.has(id))).toEqual([]);
  expect(after.length).toBeLessThanOrEqual(5);
  await expectTrueLives(contest);
});

test('logins while expired sessions are purged take their slots', async () => {
  await arena.orm.em.fork().nativeDelete(AuthToken, {}); // the purge is of all users
  const contest = await enterDevices('purged', { maxSessions: 5 });
  await settle(atOnce(5, contest.login));
  contest.clock.advance(86_400);
  const { codes } = await settle<unknown>([...atOnce(50, contest.login), contest.durin.tokens.purgeExpired()]);
  expect(codes).toEqual({});
  expect(await contest.slots()).toEqual([0, 1, 2, 3, 4]);
  expect(contest.events.of('tokenExpired').filter(({ userId }) => userId === contest.userId)).toHaveLength(5);
  await expectTrueLives(contest);
});

test('the least recently used session makes room', async () => {
  const contest = await enterDevices('used', { maxSessions: 3 });
  const tokens: string[] = [];
  for (let count = 0; count < 3; count += 1) {
    tokens.push((await contest.login()).token);
    contest.clock.advance(1);
  }
  await useAndStore(contest, tokens[0] ?? '');
  contest.clock.advance(1);
  await contest.login();
  const seen = await settle(tokens.map((token) => contest.callAs({ token }).me()));
  expect(seen.codes).toEqual({ INVALID_TOKEN: 1 });
  await expect(contest.callAs({ token: tokens[1] ?? '' }).me()).rejects.toMatchObject({
    durin: { code: 'INVALID_TOKEN' },
  });
});

/** Uses a token, and waits until its use is stored. */
async function useAndStore({ callAs, orm }: Contest, token: string): Promise<void> {
  const id = await callAs({ token }).me();
  const select = 'select last_used_at from durin_token_use where token_id = ? and last_used_at is not null';
  await expect.poll(() => orm.em.fork().getConnection().execute(select, [id])).toHaveLength(1);
}
