import { getEventListeners } from 'node:events';
import { beforeEach, expect, test } from 'vitest';
import type { CallAuth, SessionRecord } from '../../../src/session.ts';
import type { FollowedCall } from '../../../src/streams/call-stream.ts';
import { createEndedSignals } from '../../../src/streams/ended-signals.ts';
import { createFollowCall } from '../../../src/streams/follow-call.ts';
import type { StreamRequest } from '../../../src/streams/session-stream.ts';
import { createFakeStream } from './fake-stream.ts';

let stream: ReturnType<typeof createFakeStream>;
let signals: ReturnType<typeof createEndedSignals>;
let follow: ReturnType<typeof createFollowCall>;
beforeEach(() => {
  stream = createFakeStream();
  const openStreams = { open: (request: StreamRequest) => stream.open(request) };
  signals = createEndedSignals(openStreams);
  follow = createFollowCall({ openStreams, signals });
});

const record = { id: 'a session' } as SessionRecord;

/** Runs a call that may read `ctx.auth.ended`, and returns its answer. */
async function run(
  resolve: (auth: Pick<CallAuth, 'ended'>) => unknown,
  { type = 'query', signal }: Partial<Pick<FollowedCall, 'type' | 'signal'>> = {},
) {
  const auth = {
    get ended() {
      return signals.signalOf(record);
    },
  };
  const does = { refusalOf: () => null, typeError() {}, onResult() {} };
  const finish = follow({ record, since: 0, type, isStreamed: true, signal, ...does });
  const result = await settle(() => resolve(auth));
  return finish(result).data;
}

/** What tRPC makes of a resolver. */
async function settle(resolve: () => unknown) {
  try {
    return { ok: true as const, data: await resolve() };
  } catch (error) {
    return { ok: false as const, data: error };
  }
}

async function* untilAborted(signal: AbortSignal) {
  yield 'open';
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
}

test('a call that does not read the signal opens nothing', async () => {
  expect(await run(() => 'answer')).toBe('answer');
  expect(stream.count()).toBe(0);
});

test('a query that waits is aborted with the reason', async () => {
  const answer = run(async ({ ended }) => {
    stream.end();
    return ended.reason;
  });
  expect(await answer).toBe(stream.reason);
});

test('calls of a session share a signal, and the last lets it go', async () => {
  const others = Promise.withResolvers<void>();
  const seen: AbortSignal[] = [];
  const first = run(async ({ ended }) => {
    seen.push(ended);
    await others.promise;
  });
  await run(({ ended }) => seen.push(ended));
  expect(seen[0]).toBe(seen[1]);
  expect(stream.count()).toBe(1);
  others.resolve();
  await first;
  expect(stream.count()).toBe(0);
});

test('an answer that cannot be read lets the signal go', async () => {
  const failing = run(({ ended }) => ({
    isRead: ended.aborted,
    get value(): never {
      throw new Error('the getter failed');
    },
  }));
  await expect(failing).rejects.toThrow('the getter failed');
  expect(stream.count()).toBe(0);
});

test('a call that fails lets its signal go', async () => {
  const failing = run(({ ended }) => {
    if (!ended.aborted) throw new Error('the app failed');
  });
  expect(await failing).toEqual(new Error('the app failed'));
  expect(stream.count()).toBe(0);
});

test.each([
  [
    'the generator reads it',
    async function* ({ ended }) {
      yield* untilAborted(ended);
    },
  ],
  ['it is passed to the generator', ({ ended }) => untilAborted(ended)],
] as const satisfies readonly (readonly [string, (auth: Pick<CallAuth, 'ended'>) => unknown])[])(
  'a subscription is aborted at its end, if %s',
  async (_how, resolve) => {
    const { signal } = new AbortController();
    const values = (await run(resolve, { type: 'subscription', signal })) as AsyncGenerator;
    expect((await values.next()).value).toBe('open');
    expect(stream.count()).toBe(2);
    const next = values.next();
    await Promise.resolve();
    stream.end();
    await expect(next).rejects.toBe(stream.reason);
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  },
);

test('a subscription whose consumer leaves lets the signal go', async () => {
  const values = (await run(({ ended }) => untilAborted(ended), { type: 'subscription' })) as AsyncGenerator;
  await values.next();
  await values.return(undefined);
  expect(stream.count()).toBe(0);
});

test('one that nobody may read holds no signal, and aborts it at its end', async () => {
  const reasons: unknown[] = [];
  const values = (await run(
    ({ ended }) => {
      ended.addEventListener('abort', () => void reasons.push(ended.reason));
      return untilAborted(ended);
    },
    { type: 'subscription' },
  )) as AsyncGenerator;
  expect(stream.count()).toBe(0);
  await values.next();
  const next = values.next();
  stream.end();
  await expect(next).rejects.toBe(stream.reason);
  expect(reasons).toEqual([stream.reason]);
});

test('one that is left before it is read lets the signal go', async () => {
  const leaving = new AbortController();
  await run(({ ended }) => untilAborted(ended), { type: 'subscription', signal: leaving.signal });
  expect(stream.count()).toBe(1);
  leaving.abort();
  expect(stream.count()).toBe(0);
  expect(getEventListeners(leaving.signal, 'abort')).toEqual([]);
});

test('an answer with promises lets the signal go when they are settled', async () => {
  const later = Promise.withResolvers<string>();
  const answer = (await run(({ ended }) => ({ aborted: ended.aborted, later: later.promise }))) as {
    later: Promise<string>;
  };
  expect(stream.count()).toBe(2);
  later.resolve('value');
  await answer.later;
  expect(stream.count()).toBe(0);
});

test('after its call a signal is not aborted any more', async () => {
  const ended = (await run(({ ended: signal }) => [signal])) as AbortSignal[];
  stream.end();
  expect(ended[0]?.aborted).toBe(false);
  expect(signals.signalOf(record).aborted).toBe(false);
});
