import { randomBytes } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { createClient } from 'redis';
import { withTimeout } from '../../../src/async/with-timeout.ts';
import { redisStore } from '../../../src/redis/index.ts';
import { createTokenCodec } from '../../../src/tokens/token-codec.ts';
import { type BenchApp, openBenchApp } from '../bench-app.ts';
import { concurrently, type Extent, sideBySide } from '../measure.ts';
import { secret } from '../population.ts';
import { type Row, ratioRow } from '../table.ts';
import { width } from './look-up.ts';

const prefix = 'bench:';
const timeout = { timeoutMs: 100, service: 'Redis' };

/**
 * A look-up that a shared store answers against one MGET of the keys that it reads, each by a client of the same library with the
 * same options, and a connection of its own. Every look-up is a round trip: nothing is kept in the process.
 *
 * What no look-up can save has a row too: that MGET with a deadline, for a token whose MAC is verified.
 */
export async function benchSharedLookUp(
  url: string,
  redisUrl: string,
  tokens: readonly string[],
  extent: Extent,
): Promise<Row[]> {
  const app = await openBenchApp(url, { ttl: '1h', store: redisStore({ url: redisUrl, prefix }), timeout: 5000 }); // a stall is no outage
  const client = await createClient({ url: redisUrl, disableOfflineQueue: true }).connect();
  await store(app, tokens, () => client.keys(`${prefix}durin:session:*`));
  const keys = await keysOf(url, redisUrl, tokens);
  const codec = createTokenCodec({ secrets: [secret], tokenLength: 64, tokenPrefix: '', randomBytes });

  function getWithDeadline(index: number): Promise<unknown> {
    if (codec.selectorOf(at(tokens, index)) === null) throw new Error('no token of the benchmark');
    return withTimeout(() => client.mGet(at(keys, index)), timeout);
  }

  const rows: Row[] = [];
  for (const [lanes, share] of [
    [1, 0.25],
    [width, 1],
  ] as const) {
    const [ours, bare, least] = await sideBySide(
      {
        'durin.authenticate': (count) =>
          concurrently(count, lanes, (index) => app.durin.authenticate(at(tokens, index))),
        'one MGET of the same keys': (count) => concurrently(count, lanes, (index) => client.mGet(at(keys, index))),
        'with a deadline': (count) => concurrently(count, lanes, getWithDeadline),
      },
      { ...extent, count: Math.ceil(extent.count * share) },
    );
    const pace = lanes === 1 ? 'one after the other' : `${lanes} at once`;
    rows.push(
      ratioRow(`look-up, shared cache, ${pace}`, ours, bare, { atMost: 1.25 }),
      ratioRow(`its floor: that MGET with a deadline, and the MAC of the token, ${pace}`, least, bare, null),
    );
  }
  client.destroy();
  await app.close();
  return rows;
}

function at<T>(list: readonly T[], index: number): T {
  return list[index % list.length] as T;
}

/** Looks up all tokens until the store has each of them: the first look-ups find it connecting, and do without. */
async function store(app: BenchApp, tokens: readonly string[], keys: () => Promise<string[]>): Promise<void> {
  for (let attempt = 0; attempt < 50; attempt += 1) {
    await Promise.all(tokens.map((token) => app.durin.authenticate(token)));
    if ((await keys()).length === tokens.length) return;
    await wait(100);
  }
  throw new Error('the sessions do not get into the store');
}

/** The keys that a look-up of each token reads, once the process knows whose it is. */
async function keysOf(url: string, redisUrl: string, tokens: readonly string[]): Promise<string[][]> {
  const redis = redisStore({ url: redisUrl, prefix });
  let asked: readonly string[] = [];
  function getMany(keys: string[]) {
    asked = keys.map((key) => prefix + key);
    return redis.getMany(keys);
  }
  const app = await openBenchApp(url, { ttl: '1h', store: { ...redis, getMany }, timeout: 5000 });
  const keys: string[][] = [];
  for (const token of tokens) {
    await app.durin.authenticate(token);
    await app.durin.authenticate(token);
    keys.push([...asked]);
  }
  await app.close();
  return keys;
}
