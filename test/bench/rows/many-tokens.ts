import { type BenchApp, openBenchApp } from '../bench-app.ts';
import { concurrently, type Extent, type Series, sideBySide } from '../measure.ts';
import { type Population, tokenOf } from '../population.ts';
import { type Row, ratioRow } from '../table.ts';

/** A database, and who is in it. */
export interface Stock extends Population {
  readonly url: string;
}

const sizeOf = ({ users, clients }: Stock) => `${(users * clients).toLocaleString('en')} tokens`;
/** From 1 to `count`. */
const anyOf = (count: number) => 1 + Math.floor(Math.random() * count);

/**
 * What calls cost with many tokens against what they cost with few: one after the other, without a cache, by users from all
 * over the table.
 */
export async function benchManyTokens(many: Stock, few: Stock, extent: Extent): Promise<Row[]> {
  const [large, small] = await Promise.all([openBenchApp(many.url), openBenchApp(few.url)]);
  const { clients } = few;

  /** @param share of the pieces of work that `extent` says */
  async function compare(
    name: string,
    share: number,
    atMost: number | null,
    work: (app: BenchApp, user: number) => Promise<unknown>,
  ): Promise<Row> {
    const [ours, reference] = await sideBySide(
      {
        [sizeOf(many)]: (count) => concurrently(count, 1, () => work(large, anyOf(many.users))),
        [sizeOf(few)]: (count) => concurrently(count, 1, () => work(small, anyOf(few.users))),
      },
      { ...extent, count: Math.ceil(extent.count * share) },
    );
    return ratioRow(`${name}, ${sizeOf(many)}`, ours, reference, atMost === null ? null : { atMost });
  }

  const rows = [
    await compare('look-up', 1, 1.2, ({ durin }, user) => durin.authenticate(tokenOf(user, anyOf(clients)))),
    await compare('`sessions.list`', 0.2, null, ({ callAs }, user) => callAs(tokenOf(user)).auth.sessions.list()),
    await compare(`revoking all ${clients} of a user, rolled back`, 0.1, null, rollBackRevokeAll),
    await compare('issue and revoke', 0.2, null, async ({ durin }, user) => {
      const { auth } = await durin.tokens.issue({ user, client: `client ${1 + anyOf(clients - 1)}` });
      await durin.tokens.revoke(auth.id);
    }),
  ];
  await Promise.all([large.close(), small.close()]);
  return rows;
}

const rollBack = new Error('rolled back by the benchmark, so that each round finds the same rows');

async function rollBackRevokeAll({ orm, durin }: BenchApp, user: number): Promise<void> {
  const work = async () => {
    await durin.tokens.revokeAll({ user });
    throw rollBack;
  };
  await orm.em
    .fork()
    .transactional(work)
    .catch((error: unknown) => {
      if (error !== rollBack) throw error;
    });
}

/** What purging takes for each row, while sessions are looked up, and the longest that such a look-up takes. */
export async function benchPurge(many: Stock, few: Stock): Promise<Row[]> {
  const [large, small] = [await purge(many), await purge(few)];
  const row = ratioRow('purge, for each expired token', large.series, small.series, null);
  return [{ ...row, work: `${row.work}; look-ups meanwhile took up to ${large.slowestMs.toFixed(0)} ms` }];
}

async function purge(stock: Stock): Promise<{ series: Series; slowestMs: number }> {
  const app = await openBenchApp(stock.url);
  let slowestMs = 0;
  const purging = new AbortController();
  async function lookUp(): Promise<void> {
    while (!purging.signal.aborted) {
      const startedAt = performance.now();
      await app.durin.authenticate(tokenOf(anyOf(stock.users)));
      slowestMs = Math.max(slowestMs, performance.now() - startedAt);
      await new Promise((resolve) => setImmediate(resolve));
    }
  }
  const lookUps = lookUp();
  const startedAt = performance.now();
  const purged = await app.durin.tokens.purgeExpired();
  const taken = ((performance.now() - startedAt) * 1000) / purged;
  purging.abort();
  await lookUps;
  await app.close();
  return { series: { name: `${purged.toLocaleString('en')} expired tokens`, microseconds: [taken] }, slowestMs };
}
