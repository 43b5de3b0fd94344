import { AsyncLocalStorage } from 'node:async_hooks';
import { expect, test } from 'vitest';
import { atOnce, expectTrueLives, settle, useArena } from '../../support/arena.ts';

const arena = useArena();

test('more open transactions than connections do not deadlock', async () => {
  const contest = await arena.enter();
  const { token } = await contest.login();
  const transactions = atOnce(60, () =>
    contest.orm.em.fork().transactional(async () => {
      await contest.login();
      return contest.callAs({ token }).me();
    }),
  );
  const { values, codes } = await settle(transactions);
  expect(codes).toEqual({});
  expect(new Set(values).size).toBe(1);
  expect(contest.events.count('loggedIn')).toBe(61);
  await expectTrueLives(contest);
}, 15_000);

const outside = AsyncLocalStorage.snapshot();

test("a use is recorded outside the app's open transaction", async () => {
  const contest = await arena.enter();
  const { token } = await contest.login();
  const { sessions } = contest.callAs({ token: (await contest.login('cli')).token }).auth;
  await contest.orm.em.fork().transactional(async () => {
    await contest.callAs({ token }).me();
    await expect.poll(lastUse, { timeout: 10_000 }).toEqual(new Date(contest.clock()));
  });

  /** Reads over another connection. */
  async function lastUse(): Promise<Date | null | undefined> {
    const rows = await outside(() => sessions.list());
    return rows.find(({ client }) => client === 'web')?.lastUsedAt;
  }
}, 15_000);
