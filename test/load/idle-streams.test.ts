import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test } from 'vitest';
import type { SessionRecord } from '../../src/session.ts';
import { createEndedSignals } from '../../src/streams/ended-signals.ts';
import { createFollowCall } from '../../src/streams/follow-call.ts';
import { createOpenStreams } from '../../src/streams/open-streams.ts';

const count = 10_000;

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

function heapUsed(): number {
  for (let round = 0; round < 3; round += 1) collectGarbage();
  return process.memoryUsage().heapUsed;
}

async function* waiting() {
  yield 'open';
  await new Promise(() => {});
}

function recordOf(number: number): SessionRecord {
  const client = { id: 1, name: 'web', tokenTtl: null, throttleRate: null };
  return {
    id: `id ${number}`,
    selector: `the selector of session ${number}`,
    userId: number,
    userRow: {},
    user: {},
    client,
    scopes: null,
    createdAt: new Date(0),
    authenticatedAt: null,
    expiresAt: new Date(Date.now() + 86_400_000 + number),
    expiresByIdling: false,
    latestExpiry: null,
    lastUsedAt: null,
    replaces: null,
  };
}

/** Opens a stream of each session, and keeps a consumer waiting for its next event. */
async function openAll(wrap: (source: AsyncGenerator<string>, record: SessionRecord) => AsyncIterator<unknown>) {
  const records = Array.from({ length: count }, (_, number) => recordOf(number));
  const before = heapUsed();
  const iterators = await Promise.all(
    records.map(async (record) => {
      const iterator = wrap(waiting(), record);
      await iterator.next();
      return { iterator, next: iterator.next() };
    }),
  );
  return { iterators, records, bytes: (heapUsed() - before) / count };
}

test('10,000 idle streams cost no look-up, and 2 kB each', async () => {
  let lookUps = 0;
  const openStreams = createOpenStreams({
    judge: async () => {
      lookUps += 1;
      throw new Error('must not be called');
    },
    announced: () => 0,
    hearsOthers: () => true,
    unread: () => null,
    recheckMs: 1000,
    patienceMs: 1000,
    now: Date.now,
  });
  const signals = createEndedSignals(openStreams);
  const followCall = createFollowCall({ openStreams, signals });

  const bare = await openAll((source) => source);
  const ending = await openAll((source, record) => {
    const call = { record, since: 0, isStreamed: false, signal: undefined, refusalOf: () => null, typeError() {} };
    const finish = followCall({ ...call, type: 'subscription' });
    return finish({ ok: true as const, data: source }).data;
  });
  const beyond = ending.bytes - bare.bytes;
  console.log(`${beyond.toFixed(0)} B each, beyond ${bare.bytes.toFixed(0)} B of the stream itself`);
  expect(beyond).toBeLessThan(2048);
  expect(lookUps).toBe(0);

  openStreams.changed('user:7');
  expect(lookUps).toBe(1);
  openStreams.close();
  const ends = await Promise.allSettled(ending.iterators.map(({ next }) => next));
  expect(ends.every(({ status }) => status === 'rejected')).toBe(true);
});
