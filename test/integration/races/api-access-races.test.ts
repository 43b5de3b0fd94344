import { expect, test } from 'vitest';
import { atOnce, expectTrueLives, hold, settle, untilBlocked, useArena } from '../../support/arena.ts';
import { AuthToken } from '../../support/entities.ts';

const arena = useArena();

test.each([2, 50])('one of %i concurrent creations of an API key succeeds', async (count) => {
  const contest = await arena.enter();
  const { token } = await contest.login();
  const { values, codes } = await settle(atOnce(count, () => contest.callAs({ token }).auth.apiAccess.create()));
  expect(values).toHaveLength(1);
  expect(codes).toEqual({ API_ACCESS_EXISTS: count - 1 });
  expect(await contest.callAs({ token: values[0]?.token }).me()).toBeTruthy();
  expect((await contest.rows()).map(({ client }) => client).toSorted()).toEqual(['api', 'web']);
  expect(contest.events.count('tokenIssued')).toBe(2);
  await expectTrueLives(contest);
});

test('one of fifty concurrent creations replaces an expired API key', async () => {
  const contest = await arena.enter();
  const { token } = await contest.login('cli');
  await contest.callAs({ token }).auth.apiAccess.create();
  contest.clock.advance(366 * 86_400);
  const { values, codes } = await settle(atOnce(50, () => contest.callAs({ token }).auth.apiAccess.create()));
  expect(values).toHaveLength(1);
  expect(codes).toEqual({ API_ACCESS_EXISTS: 49 });
  expect(contest.events.count('tokenExpired')).toBe(1);
  await expectTrueLives(contest);
});

test('after a creation rolls back, one of the waiting ones succeeds', async () => {
  const contest = await arena.enter();
  const { token } = await contest.login();
  const create = () => contest.callAs({ token }).auth.apiAccess.create();
  const first = await hold(arena.orm, create);
  const waiting = settle(atOnce(5, create));
  await untilBlocked(arena.orm, 5);
  await first.rollback();
  const { values, codes } = await waiting;
  expect(values).toHaveLength(1);
  expect(codes).toEqual({ API_ACCESS_EXISTS: 4 });
  expect(values[0]?.token).not.toBe(first.value.token);
  await expectTrueLives(contest);
});

test('a session that ends meanwhile creates no API key', async () => {
  const contest = await arena.enter();
  const { orm, durin, userId: user } = contest;
  for (const end of [
    () => durin.tokens.revokeAll({ user }),
    (id: string) => durin.tokens.revoke(id),
    () => orm.em.nativeDelete(AuthToken, { user }),
  ]) {
    const { token } = await contest.login();
    const [row] = await contest.rows();
    const ending = await hold<unknown>(orm, () => end(row?.id ?? ''));
    const creation = settle([contest.callAs({ token }).auth.apiAccess.create()]);
    await untilBlocked(orm);
    await ending.commit();
    expect(await creation).toEqual({ values: [], codes: { INVALID_TOKEN: 1 } });
    expect(await contest.rows()).toEqual([]);
  }
});

test('one of many concurrent deletions of an API key succeeds', async () => {
  const contest = await arena.enter();
  const { token } = await contest.login();
  await contest.callAs({ token }).auth.apiAccess.create();
  const { values, codes } = await settle(atOnce(50, () => contest.callAs({ token }).auth.apiAccess.delete()));
  expect(values).toHaveLength(1);
  expect(codes).toEqual({ API_ACCESS_NOT_FOUND: 49 });
  expect(contest.events.count('tokenRevoked')).toBe(1);
  await expectTrueLives(contest);
});

test('each API key ends at most once under creations and deletions', async () => {
  const contest = await arena.enter();
  const { token } = await contest.login();
  for (let round = 0; round < 30; round += 1) {
    const { apiAccess } = contest.callAs({ token }).auth;
    const [created, deleted] = await Promise.all([
      settle(atOnce(6, () => apiAccess.create())),
      settle(atOnce(6, () => apiAccess.delete())),
    ]);
    expect(Object.keys(created.codes).filter((code) => code !== 'API_ACCESS_EXISTS')).toEqual([]);
    expect(Object.keys(deleted.codes).filter((code) => code !== 'API_ACCESS_NOT_FOUND')).toEqual([]);
  }
  await expectTrueLives(contest);
});
