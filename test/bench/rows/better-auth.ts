import { redisStore } from '../../../src/redis/index.ts';
import { openBenchApp } from '../bench-app.ts';
import { concurrently, type Extent, sideBySide } from '../measure.ts';
import { type Row, ratioRow } from '../table.ts';
import { width } from './look-up.ts';

/** Looks up a session as the other library does, given by its number. */
export type GetSession = (index: number) => Promise<unknown>;

/** Look-ups against those of better-auth by bearer token, on the same Postgres and Redis; for information. */
export async function benchAgainstBetterAuth(
  url: string,
  redisUrl: string,
  tokens: readonly string[],
  others: { readonly onPostgres: GetSession; readonly onRedis: GetSession },
  extent: Extent,
): Promise<Row[]> {
  const rows: Row[] = [];
  const kinds = [
    ['Postgres', undefined, others.onPostgres],
    ['Redis', { ttl: '1h', store: redisStore({ url: redisUrl, prefix: 'other:' }) }, others.onRedis],
  ] as const;
  for (const [place, cache, getSession] of kinds) {
    const app = await openBenchApp(url, cache);
    const [ours, other] = await sideBySide(
      {
        'durin.authenticate': (count) =>
          concurrently(count, width, (index) => app.durin.authenticate(tokens[index % tokens.length] ?? '')),
        '`getSession` of better-auth': (count) => concurrently(count, width, getSession),
      },
      extent,
    );
    await app.close();
    rows.push(ratioRow(`look-up on ${place}, ${width} at once`, ours, other, null));
  }
  return rows;
}
