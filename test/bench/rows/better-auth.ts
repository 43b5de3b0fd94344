import { redisStore } from '../../../src/redis/index.ts';
import { openBenchApp } from '../bench-app.ts';
import { getRequest, openLoad } from '../http-load.ts';
import { concurrently, type Extent, sideBySide } from '../measure.ts';
import { openServer } from '../processes/open-server.ts';
import { type Row, rateRow, ratioRow } from '../table.ts';
import { width } from './look-up.ts';

/** Users of better-auth. */
const users = 200;

/** Looks up a session as better-auth does, given by its number. */
interface BetterAuth {
  getSession(index: number): Promise<unknown>;
  close(): Promise<void>;
}

/** @param redisUrl absent: sessions are in the database */
export type OpenBetterAuth = (options: { url: string; users: number; redisUrl?: string }) => Promise<BetterAuth>;

/** Look-ups against those of better-auth by bearer token, on the same Postgres and Redis; for information. */
export async function benchAgainstBetterAuth(
  url: string,
  redisUrl: string,
  tokens: readonly string[],
  openBetterAuth: OpenBetterAuth,
  extent: Extent,
): Promise<Row[]> {
  const rows: Row[] = [];
  const kinds = [
    ['Postgres', undefined, { url, users }],
    ['Redis', { ttl: '1h', store: redisStore({ url: redisUrl, prefix: 'other:' }) }, { url, users, redisUrl }],
  ] as const;
  for (const [place, cache, options] of kinds) {
    const [app, betterAuth] = [await openBenchApp(url, cache), await openBetterAuth(options)];
    const [ours, other] = await sideBySide(
      {
        'durin.authenticate': (count) =>
          concurrently(count, width, (index) => app.durin.authenticate(tokens[index % tokens.length] ?? '')),
        '`getSession` of better-auth': (count) => concurrently(count, width, betterAuth.getSession),
      },
      extent,
    );
    await Promise.all([app.close(), betterAuth.close()]);
    rows.push(ratioRow(`look-up on ${place}, ${width} at once`, ours, other, null));
  }
  return rows;
}

/** Guarded calls of a tRPC server against those of one whose guard asks better-auth, without a cache and with one; for information. */
export async function benchGuardsAgainstBetterAuth(
  url: string,
  tokens: readonly string[],
  extent: Extent,
): Promise<Row[]> {
  const rows: Row[] = [];
  const kinds = [
    ['uncached', 'no cache', 'better-auth on Postgres'],
    ['cached', 'cached', 'better-auth with its cookie cache'],
  ] as const;
  for (const [kind, cache, name] of kinds) {
    const ours = await openServer('processes/durin-server.ts', url, kind);
    const other = await openServer('peers/better-auth-server.ts', url, kind, String(users));
    const headers = [
      tokens.slice(0, users).map((token) => ({ Authorization: `Token ${token}` })),
      (other.facts['cookies'] as string[]).map((cookie) => ({ Cookie: cookie })),
    ] as const;
    for (const connections of [1, width]) {
      const loads = [
        await openLoad(ours.ports['durin'], connections),
        await openLoad(other.ports['better-auth'], connections),
      ] as const;
      const run = (side: 0 | 1) => (count: number) =>
        loads[side].run(count, (index) => getRequest('/guarded', headers[side][index % users] ?? {}));
      const [own, its] = await sideBySide(
        { 'trpc-durin': run(0), [name]: run(1) },
        extent,
        async () => (await ours.cpuClock()) + (await other.cpuClock()),
      );
      for (const load of loads) load.close();
      rows.push(rateRow(`guarded call over HTTP, ${cache}, ${connections} at once`, own, its, null));
    }
    await Promise.all([ours.close(), other.close()]);
  }
  return rows;
}
