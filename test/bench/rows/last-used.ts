import { MikroORM } from '@mikro-orm/postgresql';
import { createDatabase } from '../../../src/database/database.ts';
import { readSchema } from '../../../src/database/schema.ts';
import { createRecordUses } from '../../../src/database/tokens/record-uses.ts';
import { recordUsesStatement } from '../../support/version-0.1/statements.ts';
import { AuthToken, Client, entities, User } from '../entities.ts';
import type { Series } from '../measure.ts';
import { type Row, ratioRow, valueRow } from '../table.ts';

const batchSize = 500;
const intervalMs = 60_000;
const startedAt = Date.parse('2026-11-23T12:00:00Z');
const ipAddress = '203.0.113.7';
const userAgent = 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0';

/** One way to record uses, and what it took: microseconds per use for each round, and bytes of WAL after a checkpoint. */
interface Recorder {
  readonly table: string;
  readonly record: (ids: readonly string[], usedAt: Date) => Promise<unknown>;
  readonly microseconds: number[];
  walBytes: number;
}

/**
 * Recording when tokens were used, against 0.1, which kept that in the token's row. Every token is used once a round. The first
 * round is the first use of the day, which also writes an index, and is not counted. The table has the fillfactor that the
 * docs advise.
 */
export async function benchLastUsed(url: string, rounds: number): Promise<Row[]> {
  const orm = await MikroORM.init({ clientUrl: url, entities, pool: { min: 0, max: 1 } });
  const run = <T>(sql: string, values: readonly unknown[] = []) =>
    orm.em.getConnection().execute<T[]>(sql, [...values], 'all');
  await createTableOfVersion01(run);
  const schema = readSchema(orm, { User, Client, AuthToken } as never, {});
  const { recordUses } = createRecordUses(createDatabase(orm, intervalMs), schema);
  const ids = (await run<{ id: string }>('select id from token_of_0_1 order by random()')).map(({ id }) => id);
  const ours: Recorder = {
    table: 'durin_token_use',
    record: (some, usedAt) =>
      recordUses(
        some.map((id) => ({ id, usedAt, ipAddress, userAgent })),
        intervalMs,
      ),
    microseconds: [],
    walBytes: 0,
  };
  const before: Recorder = {
    table: 'token_of_0_1',
    record: (some, usedAt) =>
      run(recordUsesStatement('token_of_0_1', some.length), [
        ...some.flatMap((id) => [id, usedAt.toISOString(), ipAddress, userAgent]),
        intervalMs / 1000,
      ]),
    microseconds: [],
    walBytes: 0,
  };

  async function recordAll({ record, microseconds }: Recorder, usedAt: Date): Promise<void> {
    const start = performance.now();
    for (let first = 0; first < ids.length; first += batchSize)
      await record(ids.slice(first, first + batchSize), usedAt);
    microseconds.push(((performance.now() - start) * 1000) / ids.length);
  }

  async function walOf(work: () => Promise<void>): Promise<number> {
    await run('checkpoint');
    const [from] = await run<{ lsn: string }>('select pg_current_wal_lsn()::text as lsn');
    await work();
    const [grown] = await run<{ bytes: string }>('select pg_current_wal_lsn() - ?::pg_lsn as bytes', [from?.lsn]);
    return Number(grown?.bytes) / ids.length;
  }

  for (const recorder of [ours, before]) await recordAll(recorder, new Date(startedAt));
  ours.microseconds.length = 0;
  before.microseconds.length = 0;
  const earlier = await updatesOf(ours.table, run);
  for (let round = 1; round <= rounds; round += 1) {
    const usedAt = new Date(startedAt + round * 2 * intervalMs);
    for (const recorder of round % 2 === 0 ? [ours, before] : [before, ours]) {
      if (round < rounds) await recordAll(recorder, usedAt);
      else recorder.walBytes = await walOf(() => recordAll(recorder, usedAt));
    }
  }
  const updates = await updatesOf(ours.table, run);
  const heapOnly = (updates.heapOnly - earlier.heapOnly) / (updates.all - earlier.all);
  await orm.close();
  const [own, other]: Series[] = [
    { name: 'now', microseconds: ours.microseconds },
    { name: '0.1', microseconds: before.microseconds },
  ];
  if (own === undefined || other === undefined) throw new TypeError('there are two series');
  const what = `recording the last use, ${ids.length.toLocaleString('en')} tokens`;
  return [
    ratioRow(what, own, other, { atMost: 0.4 }),
    {
      ...valueRow(`${what}: WAL after a checkpoint`, ours.walBytes / before.walBytes, { atMost: 0.25 }, twoDigits),
      ours: `${Math.round(ours.walBytes)} B`,
      reference: `0.1: ${Math.round(before.walBytes)} B`,
    },
    valueRow(`${what}: heap-only updates`, heapOnly, { atLeast: 0.9 }, twoDigits),
  ];
}

const twoDigits = (value: number) => value.toFixed(2);

type Run = <T>(sql: string, values?: readonly unknown[]) => Promise<T[]>;

/** The tokens as a table of 0.1, with its indexes. */
async function createTableOfVersion01(run: Run): Promise<void> {
  await run(`
    create table token_of_0_1 as
      select t.id, t.selector, t.user_id, t.client_id, t.created, t.expiry, l.last_used_at, l.ip_address, l.user_agent
      from durin_auth_token t join durin_token_use l on l.token_id = t.id where t.slot = 0`);
  await run('alter table token_of_0_1 add primary key (id)');
  await run('create unique index on token_of_0_1 (selector)');
  await run('create unique index on token_of_0_1 (user_id, client_id)');
  await run('create index on token_of_0_1 (created, id, expiry)');
  await run('create index on token_of_0_1 (expiry, id, client_id)');
  await run('create index on token_of_0_1 (last_used_at, id, expiry, client_id)');
  await run('create index on token_of_0_1 (client_id, created, id, expiry)');
  await run('update durin_token_use set last_used_at = null, last_used_on = null');
  await run('update token_of_0_1 set last_used_at = null');
  await run('alter table durin_token_use set (fillfactor = 50)');
  await run('vacuum full durin_token_use');
  await run('vacuum full token_of_0_1');
  await run('vacuum analyze');
}

interface Updates {
  readonly all: number;
  readonly heapOnly: number;
}

async function updatesOf(table: string, run: Run): Promise<Updates> {
  await run('select pg_stat_force_next_flush()');
  const [updates] = await run<Updates>(
    'select n_tup_upd::int as all, n_tup_hot_upd::int as "heapOnly" from pg_stat_user_tables where relname = ?',
    [table],
  );
  return updates ?? { all: Number.NaN, heapOnly: Number.NaN };
}
