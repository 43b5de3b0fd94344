import { once } from 'node:events';
import { LockMode, type MikroORM } from '@mikro-orm/core';
import { expect, test } from 'vitest';
import { codeOf, expectTrueLives, hold, untilBlocked, useArena } from '../../support/arena.ts';
import { Client, User } from '../../support/entities.ts';

// Inside the app's transaction, the database timeout does not apply. If a call failed early, the app would roll back while
// the statement went on outside the transaction.

const arena = useArena();

const databaseTimeout = 1; // second

/** Runs work that waits longer than `databaseTimeout` for a row that another transaction has locked. */
async function late<T>(orm: MikroORM, lock: (orm: MikroORM) => Promise<object>, work: () => Promise<T>): Promise<T> {
  const holder = await hold(orm, () => lock(orm));
  const working = work();
  working.catch(() => {});
  await untilBlocked(orm);
  await once(AbortSignal.timeout(databaseTimeout * 1500), 'abort');
  await holder.commit();
  return working;
}

const lockMode = LockMode.PESSIMISTIC_WRITE;
const lockClient = ({ em }: MikroORM) => em.findOneOrFail(Client, { name: 'web' }, { lockMode });

test('a late deletion of a client commits with the transaction', async () => {
  const contest = await arena.enter({ databaseTimeout });
  const { token } = await contest.login();
  const deletion = () => contest.orm.em.fork().transactional(() => contest.durin.clients.delete('web'));
  expect(await late(contest.orm, lockClient, deletion)).toBe(true);
  expect(await contest.callAs({ token }).me().catch(codeOf)).toBe('INVALID_TOKEN');
  expect(contest.events.of('tokenRevoked')).toMatchObject([{ reason: 'client-deleted' }]);
  await contest.durin.clients.sync();
});

test('a rollback after a late deletion undoes it', async () => {
  const contest = await arena.enter({ databaseTimeout });
  const { token } = await contest.login();
  const work = () =>
    contest.orm.em.fork().transactional(async () => {
      await contest.durin.clients.delete('web');
      throw new Error('the app thinks otherwise');
    });
  await expect(late(contest.orm, lockClient, work)).rejects.toThrow('the app thinks otherwise');
  expect(await contest.callAs({ token }).me().catch(codeOf)).not.toBe('INVALID_TOKEN');
  expect(contest.events.count('tokenRevoked')).toBe(0);
  await expectTrueLives(contest);
});

test('a flush that deletes a user late also ends its tokens', async () => {
  const contest = await arena.enter({ databaseTimeout });
  const { token } = await contest.login();
  async function removal(): Promise<void> {
    const em = contest.orm.em.fork();
    em.remove(await em.findOneOrFail(User, contest.userId));
    await em.flush();
  }
  await late(contest.orm, ({ em }) => em.findOneOrFail(User, contest.userId, { lockMode }), removal);
  expect(await contest.callAs({ token }).me().catch(codeOf)).toBe('INVALID_TOKEN');
  expect(contest.events.of('tokenRevoked')).toMatchObject([{ reason: 'user-deleted' }]);
  expect(await contest.orm.em.fork().count(User, contest.userId)).toBe(0);
});

test('outside a transaction the call times out', async () => {
  const contest = await arena.enter({ databaseTimeout });
  await contest.login();
  expect(await late(contest.orm, lockClient, () => contest.durin.clients.delete('web').catch(codeOf))).toBe(
    'STORE_UNAVAILABLE',
  );
});
