import type { MikroORM } from '@mikro-orm/core';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createDatabase } from '../../src/database/database.ts';
import { createSqlUsageStore } from '../../src/database/records/sql-usage-store.ts';
import { readSchema } from '../../src/database/schema.ts';
import { audited, auditedEntities } from '../support/audit/audited-entities.ts';
import { closeDatabase, openDatabase } from '../support/database.ts';
import { User } from '../support/entities.ts';
import { runSql } from '../support/version-0.1/app.ts';

const users = 4000;
const batchSize = 500;
const rounds = 10;

let orm: MikroORM;
beforeEach(async () => {
  if (orm !== undefined) await closeDatabase(orm);
  orm = await openDatabase({ entities: auditedEntities, pool: { min: 0, max: 1 } }); // statistics are of a connection until it reports them
  await runSql(orm, 'alter table durin_usage set (autovacuum_enabled = off)');
});
afterAll(() => closeDatabase(orm));

/** How far the next user of a round is from the one before. Has no factor in common with the number of users. */
type StrideOf = (round: number) => number;
const inOrder: StrideOf = () => 1;
const inAnyOrder: StrideOf = (round) => [1, 1009, 2003, 3001, 677][round % 5] ?? 1;

/** Counts calls of all users this many times, and returns the share of updates that were heap-only. */
async function heapOnlyShareOf(strideOf: StrideOf): Promise<number> {
  const { Client, AuthToken } = audited;
  const schema = readSchema(orm, { User, Client, AuthToken } as never, {});
  const store = createSqlUsageStore(createDatabase(orm, 60_000), schema);
  for (let round = 0; round <= rounds; round += 1) {
    const counts = Array.from({ length: users }, (_, place) => {
      const userId = 1 + ((place * strideOf(round)) % users);
      return { client: 'web', day: '2026-11-23', userId, calls: 1 };
    });
    for (let start = 0; start < users; start += batchSize) await store?.add(counts.slice(start, start + batchSize));
  }
  await runSql(orm, 'select pg_stat_force_next_flush()');
  const [updates] = await runSql(
    orm,
    "select n_tup_upd::int as all, n_tup_hot_upd::int as heap_only from pg_stat_user_tables where relname = 'durin_usage'",
  );
  expect(updates?.['all']).toBe(rounds * users);
  return Number(updates?.['heap_only']) / Number(updates?.['all']);
}

test.each([
  ['in the order of their rows', inOrder],
  ['in any order', inAnyOrder],
])('counts of users %s are heap-only updates if pages have room', async (_name, strideOf) => {
  await runSql(orm, 'alter table durin_usage set (fillfactor = 70)');
  expect(await heapOnlyShareOf(strideOf)).toBeGreaterThan(0.9);
});

test('without room, most counts of a whole page write the indexes too', async () => {
  expect(await heapOnlyShareOf(inOrder)).toBeLessThan(0.5);
});
