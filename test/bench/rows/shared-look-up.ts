import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from 'redis';
import { redisStore } from '../../../src/redis/index.ts';
import { type BenchApp, openBenchApp } from '../bench-app.ts';
import { concurrently, type Extent, sideBySide } from '../measure.ts';
import { type Row, ratioRow } from '../table.ts';
import { width } from './look-up.ts';

/**
 * A look-up that a shared store answers against one GET of the same entry, each by a client of the same library with the
 * same options, and a connection of its own. Every look-up is a round trip: nothing is kept in the process.
 */
export async function benchSharedLookUp(
  url: string,
  redisUrl: string,
  tokens: readonly string[],
  extent: Extent,
): Promise<Row[]> {
  const app = await openBenchApp(url, { ttl: '1h', store: redisStore({ url: redisUrl, prefix: 'bench:' }) });
  const client = await createClient({ url: redisUrl, disableOfflineQueue: true }).connect();
  const token = (index: number) => tokens[index % tokens.length] ?? '';
  const entries = await stored(app, tokens, () => client.keys('bench:durin:session:*'));

  const rows: Row[] = [];
  for (const [at, share] of [
    [1, 0.25],
    [width, 1],
  ] as const) {
    const [ours, bare] = await sideBySide(
      {
        'durin.authenticate': (count) => concurrently(count, at, (index) => app.durin.authenticate(token(index))),
        'one Redis GET': (count) =>
          concurrently(count, at, (index) => client.get(entries[index % entries.length] ?? '')),
      },
      { ...extent, count: Math.ceil(extent.count * share) },
    );
    const name = at === 1 ? 'one after the other' : `${at} at once`;
    rows.push(ratioRow(`look-up, shared cache, ${name}`, ours, bare, { atMost: 1.3 }));
  }
  client.destroy();
  await app.close();
  return rows;
}

/** Looks up all tokens until the store has each of them: the first look-ups find it connecting, and do without. */
async function stored(app: BenchApp, tokens: readonly string[], keys: () => Promise<string[]>): Promise<string[]> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    await Promise.all(tokens.map((token) => app.durin.authenticate(token)));
    const entries = await keys();
    if (entries.length === tokens.length) return entries;
    await wait(100);
  }
  throw new Error('the sessions do not get into the store');
}
