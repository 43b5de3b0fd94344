import type { MikroORM } from '@mikro-orm/core';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { createDatabase } from '../../src/database/database.ts';
import { readSchema } from '../../src/database/schema.ts';
import { createRecordUses } from '../../src/database/tokens/record-uses.ts';
import { closeDatabase, openDatabase } from '../support/database.ts';
import { AuthToken, Client, entities, User } from '../support/entities.ts';
import { runSql } from '../support/version-0.1/app.ts';

const tokens = 4000;
const batchSize = 500;
const rounds = 10;
const intervalMs = 60_000;

let orm: MikroORM;
let ids: string[];
beforeEach(async () => {
  if (orm !== undefined) await closeDatabase(orm);
  orm = await openDatabase({ entities, pool: { min: 0, max: 1 } }); // statistics are of a connection until it reports them
  await noOtherTransactions();
  await runSql(orm, "insert into app_user (username) values ('alice')");
  await runSql(orm, "insert into durin_client (name) values ('web')");
  const rows = await runSql(
    orm,
    `insert into durin_auth_token (id, selector, user_id, client_id, slot, created)
     select gen_random_uuid(), md5(slot::text), 1, 1, slot, now() from generate_series(1, ${tokens}) slot returning id`,
  );
  ids = rows.map(({ id }) => String(id));
});
afterAll(() => closeDatabase(orm));

interface Rounds {
  readonly instantOf: (round: number) => Date;
  /** How far the next token of a round is from the one before. Has no factor in common with the number of tokens. */
  readonly strideOf: (round: number) => number;
}

/** Records uses of all tokens this many times, and returns the share of updates that were heap-only. */
async function heapOnlyShareOf({ instantOf, strideOf }: Rounds): Promise<number> {
  const schema = readSchema(orm, { User, Client, AuthToken } as never, {});
  const { recordUses } = createRecordUses(createDatabase(orm, 60_000), schema);
  for (let round = 0; round <= rounds; round += 1) {
    const usedAt = instantOf(round);
    const uses = ids.map((_, place) => ({
      id: ids[(place * strideOf(round)) % tokens] ?? '',
      usedAt,
      ipAddress: '203.0.113.7',
      userAgent: 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
    }));
    for (let start = 0; start < tokens; start += batchSize) {
      await recordUses(uses.slice(start, start + batchSize), intervalMs);
    }
  }
  await runSql(orm, 'select pg_stat_force_next_flush()');
  const [updates] = await runSql(
    orm,
    "select n_tup_upd::int as all, n_tup_hot_upd::int as heap_only from pg_stat_user_tables where relname = 'durin_token_use'",
  );
  expect(updates?.['all']).toBe(rounds * tokens);
  return Number(updates?.['heap_only']) / Number(updates?.['all']);
}

const noon = Date.parse('2026-11-23T12:00:00Z');
const inOneDay = (round: number) => new Date(noon + round * intervalMs);
const onceADay = (round: number) => new Date(noon + round * 86_400_000);
const inOrder = () => 1;
const inAnyOrder = (round: number) => [1, 1009, 2003, 3001, 677][round % 5] ?? 1;

/**
 * PostgreSQL keeps old versions of rows, which fill the pages, for as long as any transaction may see them. So autovacuum is
 * off here, and this test runs beside no other one.
 */
const noOtherTransactions = async () => {
  for (const table of ['app_user', 'durin_auth_token', 'durin_token_use']) {
    await runSql(orm, `alter table ${table} set (autovacuum_enabled = off)`);
  }
};
const leaveRoom = () => runSql(orm, 'alter table durin_token_use set (fillfactor = 50)');

test.each([
  ['in the order of their first uses', inOrder],
  ['in any order', inAnyOrder],
])('uses %s are heap-only updates if pages have room', async (_name, strideOf) => {
  await leaveRoom();
  expect(await heapOnlyShareOf({ instantOf: inOneDay, strideOf })).toBeGreaterThan(0.9);
});

test('without room, most updates of a whole page write the indexes too', async () => {
  expect(await heapOnlyShareOf({ instantOf: inOneDay, strideOf: inOrder })).toBeLessThan(0.5);
});

test('the first use of a day changes the indexed day', async () => {
  await leaveRoom();
  expect(await heapOnlyShareOf({ instantOf: onceADay, strideOf: inAnyOrder })).toBe(0);
});
