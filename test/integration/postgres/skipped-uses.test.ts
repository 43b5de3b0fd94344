import { expect, test } from 'vitest';
import { createDatabase } from '../../../src/database/database.ts';
import { readSchema } from '../../../src/database/schema.ts';
import { createRecordUses } from '../../../src/database/tokens/record-uses.ts';
import { hold, useArena } from '../../support/arena.ts';
import { AuthToken, Client, User } from '../../support/entities.ts';

const intervalMs = 60_000;
const noon = Date.parse('2026-12-01T12:00:00Z');

const arena = useArena();

/** The write of uses, on two tokens of one user. Each use is at so many minutes past noon. */
async function openUses() {
  const { orm, enter } = arena;
  const contest = await enter();
  await contest.login('cli');
  await contest.login('web');
  const [first = '', second = ''] = (await contest.rows()).map(({ id }) => id);
  const { recordUses } = createRecordUses(
    createDatabase(orm, 10_000),
    readSchema(orm, { User, Client, AuthToken } as never, {}),
  );
  const record = (minutes: number, ids = [first, second]) =>
    recordUses(
      ids.map((id) => ({ id, usedAt: new Date(noon + minutes * intervalMs), ipAddress: null, userAgent: null })),
      intervalMs,
    );
  const minutesOf = async (id: string) => {
    const [row] = await orm.em
      .fork()
      .getConnection()
      .execute<{ last: Date }[]>('select last_used_at as last from durin_token_use where token_id = ?', [id]);
    return (new Date(row?.last ?? Number.NaN).getTime() - noon) / intervalMs;
  };
  return { first, second, record, minutesOf };
}

test('a use that an older one keeps from being stored is reported', async () => {
  const { first, second, record, minutesOf } = await openUses();
  expect(await record(0)).toEqual([]);
  const older = await hold(arena.orm, () => record(1, [first]));
  expect(await record(2)).toEqual([first]);
  await older.commit();
  expect([await minutesOf(first), await minutesOf(second)]).toEqual([1, 2]);
  expect(await record(3)).toEqual([]);
  expect([await minutesOf(first), await minutesOf(second)]).toEqual([3, 3]);
});

test('a use that is not due is not reported', async () => {
  const { record } = await openUses();
  await record(1);
  expect(await record(1.5)).toEqual([]);
});
