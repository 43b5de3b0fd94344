import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { beforeEach, expect, test } from 'vitest';
import type { SessionRecord } from '../../../src/session.ts';
import { createEndedSignals } from '../../../src/streams/ended-signals.ts';
import { createFollowCall } from '../../../src/streams/follow-call.ts';
import type { StreamRequest } from '../../../src/streams/session-stream.ts';
import { createFakeStream } from './fake-stream.ts';

let stream: ReturnType<typeof createFakeStream>;
let leaving: AbortController;
beforeEach(() => {
  stream = createFakeStream();
  leaving = new AbortController();
});

/** The answer of a call, whose caller leaves with `leaving`. */
function answer(type: 'query' | 'subscription', data: unknown): unknown {
  const openStreams = { open: (request: StreamRequest) => stream.open(request) };
  const follow = createFollowCall({ openStreams, signals: createEndedSignals(openStreams) });
  const record = { id: 'a session' } as SessionRecord;
  const { signal } = leaving;
  const does = { refusalOf: () => null, typeError() {}, onResult() {} };
  const finish = follow({ record, since: 0, type, isStreamed: true, signal, ...does });
  return finish({ ok: true, data }).data;
}

/** As tRPC's `.errors()` wraps an iterable. Its `return()` waits for the `next()` that waits. */
async function* wrapped(values: AsyncIterable<unknown>) {
  yield* values;
}

/** A source that never yields, and records that it was returned. */
function createSilentSource() {
  const source = {
    isReturned: false,
    [Symbol.asyncIterator]: () => ({
      next: () => new Promise<never>(() => {}),
      async return() {
        source.isReturned = true;
        return { done: true as const, value: undefined };
      },
    }),
  };
  return source;
}

test('a caller who leaves a silent source leaves nothing open', async () => {
  const source = createSilentSource();
  const values = wrapped(answer('subscription', source) as AsyncIterable<unknown>);
  const next = values.next();
  await turn();
  expect(stream.count()).toBe(1);
  leaving.abort();
  expect(stream.count()).toBe(0);
  expect(await next).toEqual({ done: true, value: undefined });
  expect(source.isReturned).toBe(true);
  expect(getEventListeners(leaving.signal, 'abort')).toEqual([]);
});

test('a caller who leaves a silent promise leaves nothing open', () => {
  answer('query', { later: new Promise(() => {}) });
  expect(stream.count()).toBe(1);
  leaving.abort();
  expect(stream.count()).toBe(0);
});

test('a caller who left before the first event gets none', async () => {
  leaving.abort();
  const values = answer('subscription', createSilentSource()) as AsyncGenerator;
  expect(await values.next()).toEqual({ done: true, value: undefined });
  expect(stream.count()).toBe(0);
});

test('a stream that ends stops waiting for its caller to leave', async () => {
  const values = answer('subscription', createSilentSource()) as AsyncGenerator;
  const next = values.next();
  expect(getEventListeners(leaving.signal, 'abort')).toHaveLength(1);
  stream.end();
  await expect(next).rejects.toBe(stream.reason);
  expect(getEventListeners(leaving.signal, 'abort')).toEqual([]);
});
