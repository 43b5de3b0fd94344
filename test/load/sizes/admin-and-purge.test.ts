import { afterAll, beforeAll, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../support/servers/postgres-server.ts';
import { testLength } from '../../support/test-length.ts';
import { indexedCalls, scanningCalls } from './admin-calls.ts';
import { expiredOf, purgeBesideCalls } from './purge.ts';
import { openSizedApp, type SizedApp } from './sized-app.ts';

const isFull = testLength === 'full';
const size = isFull ? Number(process.env['TOKENS'] ?? 5_000_000) : 50_000;
const smallSize = isFull ? 50_000 : 5000;
/** A busy machine needs several times what an idle one does. */
const patienceMs = 300_000 + size * 0.4;

/** What a server of this size would have. `wal_level=minimal` is for planting. */
const settings = ['shared_buffers=1GB', 'max_wal_size=8GB', 'wal_level=minimal', 'max_wal_senders=0'];

let server: PostgresServer;
let small: SizedApp;
let large: SizedApp;
beforeAll(async () => {
  server = await startPostgres(settings);
  small = await openSizedApp(server.url, smallSize);
  large = await openSizedApp(server.url, size);
  console.log(`${size.toLocaleString('en')} tokens planted in ${large.plantedInMs} ms`);
}, patienceMs);
afterAll(async () => {
  await large.close();
  await small.close();
  await server.stop();
});

test.each(Object.entries(indexedCalls))('%s: as many blocks are read among any number', async (name, call) => {
  const among = await small.measure(() => call(small.admin));
  const amongMore = await large.measure(() => call(large.admin));
  console.log(`${amongMore.ms} ms, ${amongMore.blocks} blocks: ${name}`);
  expect(amongMore.blocks).toBeLessThan(2 * among.blocks + 1000);
});

test.each(Object.entries(scanningCalls))('%s: less than a block is read for three tokens', async (name, call) => {
  const { ms, blocks } = await large.measure(() => call(large.admin));
  console.log(`${ms} ms, ${blocks} blocks: ${name}`);
  // A scan of both tables reads a block for 19 tokens. To look all of them up in an index would read four for each. The uses of
  // the last day are looked up and sorted: late in the day these are a twelfth of all tokens, at three blocks each.
  expect(blocks).toBeLessThan(size / 3 + 1000);
});

test(
  'a purge takes as long for each token among many, and blocks no call',
  async () => {
    const expected = await expiredOf(large);
    const few = await purgeBesideCalls(small);
    const many = await purgeBesideCalls(large);
    console.log(
      `${many.purged} of ${size} tokens purged in ${many.ms} ms: ${many.microseconds} µs for each, among ${smallSize} ` +
        `${few.microseconds} µs. Beside it ${many.calls} calls, of which the slowest took ${many.slowestMs} ms`,
    );
    expect(many.purged).toBe(expected);
    expect(many.purged).toBeGreaterThan(size / 6);
    expect(many.searches).toBeLessThanOrEqual(Math.floor(many.purged / 50_000) + 1);
    expect(many.waits).toEqual([]);
    expect(many.microseconds).toBeLessThan(5 * few.microseconds);
    expect(await expiredOf(large)).toBe(0);
  },
  patienceMs,
);
