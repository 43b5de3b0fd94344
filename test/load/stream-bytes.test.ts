import { expect, test } from 'vitest';
import type { SessionRecord } from '../../src/session.ts';
import type { FollowedCall } from '../../src/streams/call-stream.ts';
import { createEndedSignals } from '../../src/streams/ended-signals.ts';
import { createFollowCall } from '../../src/streams/follow-call.ts';
import { createStreamWorld } from '../unit/streams/stream-world.ts';
import { heapUsed } from './streams/heap-used.ts';

const count = 10_000;

const inDays = (days: number) => new Date(Date.now() + days * 86_400_000);

async function* waiting() {
  yield 'open';
  await new Promise(() => {});
}

/** Streams whose consumers wait for their next event, and the bytes of each. */
async function openAll(calls: readonly FollowedCall[], follow: (call: FollowedCall) => AsyncIterable<unknown>) {
  const before = heapUsed();
  const streams: unknown[] = [];
  for (const call of calls) {
    const iterator = follow(call)[Symbol.asyncIterator]();
    await iterator.next();
    streams.push({ iterator, next: iterator.next() });
  }
  return { streams, bytes: (heapUsed() - before) / count };
}

test('what ends a stream with its session takes 1 kB', async () => {
  const { streams, store, changes } = createStreamWorld();
  const followCall = createFollowCall({ openStreams: streams, signals: createEndedSignals(streams) });
  const callOf = (record: SessionRecord): FollowedCall => ({
    record,
    since: changes.count(),
    type: 'subscription',
    isStreamed: false,
    signal: undefined, // as of a server-side caller; a listener of a signal takes 0.3 kB more
    refusalOf: () => null,
    typeError() {},
    onResult() {},
  });
  const calls = Array.from({ length: count }, (_, id) =>
    callOf(store(`a token of ${id}`, { userId: id, expiresAt: inDays(id + 1) })),
  );
  const bare = await openAll(calls, waiting);
  const followed = await openAll(calls, (call) => followCall(call)({ ok: true, data: waiting() }).data);
  console.log(`${(followed.bytes - bare.bytes).toFixed(0)} B each, beyond ${bare.bytes.toFixed(0)} B of the generator`);
  expect(bare.streams).toHaveLength(followed.streams.length);
  expect(followed.bytes - bare.bytes).toBeLessThanOrEqual(1024);
});
