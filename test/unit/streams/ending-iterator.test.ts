import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { tracked } from '@trpc/server';
import { beforeEach, describe, expect, test } from 'vitest';
import { EndingIterator } from '../../../src/streams/endings/ending-iterator.ts';
import { createFakeStream } from './fake-stream.ts';

let stream: ReturnType<typeof createFakeStream>;
beforeEach(() => {
  stream = createFakeStream();
});

const wrap = (source: AsyncIterable<unknown>) => new EndingIterator(source, stream.open, (value) => value);

/** A source that yields what is pushed, and records that it was returned. */
function createSource() {
  const waiting: PromiseWithResolvers<IteratorResult<unknown>>[] = [];
  const log: string[] = [];
  return {
    log,
    push: (value: unknown) => waiting.shift()?.resolve({ done: false, value }),
    fail: (error: Error) => waiting.shift()?.reject(error),
    isAsked: () => waiting.length > 0,
    [Symbol.asyncIterator]() {
      log.push('opened');
      return {
        next() {
          const next = Promise.withResolvers<IteratorResult<unknown>>();
          waiting.push(next);
          return next.promise;
        },
        async return() {
          log.push('returned');
          return { done: true as const, value: undefined };
        },
      };
    },
  };
}

function fail(): never {
  throw new Error('the source failed');
}

describe('while the session is valid', () => {
  test('values pass as they are, and so does what a generator returns', async () => {
    const event = tracked('7', { text: 'hello' });
    const iterator = wrap(
      (async function* () {
        yield event;
        return 'the end';
      })(),
    );
    expect((await iterator.next()).value).toBe(event);
    expect(await iterator.next()).toEqual({ done: true, value: 'the end' });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(stream.count()).toBe(0);
  });

  test('what the source throws passes, and leaves nothing', async () => {
    const iterator = wrap(
      (async function* () {
        yield 1;
        throw new Error('the source failed');
      })(),
    );
    await iterator.next();
    await expect(iterator.next()).rejects.toThrow('the source failed');
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(stream.count()).toBe(0);
  });

  test('a source may answer without a promise', async () => {
    const results = [{ done: false, value: 1 }, { done: true }];
    const source = { [Symbol.asyncIterator]: () => ({ next: () => results.shift() }) };
    const iterator = wrap(source as unknown as AsyncIterable<unknown>);
    expect(await iterator.next()).toEqual({ done: false, value: 1 });
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(stream.count()).toBe(0);
  });

  test.each([
    ['next', () => ({ next: fail })],
    ['its iterator', fail],
  ])('what a source throws at once from %s passes, and leaves nothing', async (_where, open) => {
    const iterator = wrap({ [Symbol.asyncIterator]: open } as AsyncIterable<unknown>);
    await expect(iterator.next()).rejects.toThrow('the source failed');
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(stream.count()).toBe(0);
  });

  test('a consumer that leaves returns the source', async () => {
    const log: string[] = [];
    const values = wrap(
      (async function* () {
        try {
          for (;;) yield 1;
        } finally {
          log.push('cleaned up');
        }
      })(),
    );
    for await (const value of values) if (value === 1) break;
    expect(log).toEqual(['cleaned up']);
    expect(stream.count()).toBe(0);
  });

  test('nothing is opened until the first value is requested', async () => {
    const source = createSource();
    const iterator = wrap(source);
    expect(stream.count()).toBe(0);
    await iterator.return();
    expect([stream.count(), source.log]).toEqual([0, ['opened', 'returned']]);
  });

  test('what a consumer sends and throws reaches the source', async () => {
    const iterator = wrap(
      (async function* (): AsyncGenerator<unknown, unknown, unknown> {
        try {
          yield `got ${String(yield 1)}`;
          return null;
        } catch (error) {
          return error;
        }
      })(),
    );
    await iterator.next();
    expect((await iterator.next('a value')).value).toBe('got a value');
    expect(await iterator.throw('a mistake')).toEqual({ done: true, value: 'a mistake' });
  });
});

describe('while the session is judged', () => {
  test('what was yielded is held back, and then delivered', async () => {
    const source = createSource();
    const iterator = wrap(source);
    const next = iterator.next();
    const delivered: unknown[] = [];
    void next.then(({ value }) => delivered.push(value));
    await turn();
    stream.hold();
    source.push(1);
    await turn();
    expect(delivered).toEqual([]);
    stream.release();
    expect(await next).toEqual({ done: false, value: 1 });
  });

  test('the source is not asked for more', async () => {
    const source = createSource();
    const iterator = wrap(source);
    const first = iterator.next();
    await turn();
    source.push(1);
    await first;
    stream.hold();
    const second = iterator.next();
    await turn();
    expect(source.isAsked()).toBe(false);
    stream.release();
    await turn();
    source.push(2);
    expect(await second).toEqual({ done: false, value: 2 });
  });
});

describe('when the session ends', () => {
  test('a consumer that waits gets the reason at once, then nothing', async () => {
    const source = createSource();
    const iterator = wrap(source);
    const next = iterator.next();
    await turn();
    stream.end();
    await expect(next).rejects.toBe(stream.reason);
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    expect(source.log).toEqual(['opened', 'returned']);
  });

  test('what was yielded since the announcement is dropped', async () => {
    const source = createSource();
    const next = wrap(source).next();
    await turn();
    stream.hold();
    source.push('too late');
    await turn();
    stream.end();
    await expect(next).rejects.toBe(stream.reason);
  });

  test('what the source throws since then is dropped too', async () => {
    const source = createSource();
    const next = wrap(source).next();
    await turn();
    stream.hold();
    source.fail(new Error('with a secret'));
    await turn();
    stream.end();
    await expect(next).rejects.toBe(stream.reason);
  });

  test('a consumer that is busy gets the reason next', async () => {
    const source = createSource();
    const iterator = wrap(source);
    const next = iterator.next();
    await turn();
    source.push(1);
    await next;
    stream.end();
    expect(source.log).toEqual(['opened', 'returned']);
    await expect(iterator.next()).rejects.toBe(stream.reason);
  });

  test('only the first of several that wait gets the reason', async () => {
    const iterator = wrap(createSource());
    const waiting = [iterator.next(), iterator.next()];
    await turn();
    stream.end();
    expect(await Promise.allSettled(waiting)).toMatchObject([
      { status: 'rejected', reason: stream.reason },
      { status: 'fulfilled', value: { done: true } },
    ]);
  });

  test.each([
    ['returns', (iterator: EndingIterator) => iterator.return()],
    ['throws', (iterator: EndingIterator) => iterator.throw('a mistake').catch(() => {})],
  ])('a consumer that %s later opens the source no more', async (_how, leave) => {
    const source = createSource();
    const iterator = wrap(source);
    stream.hold();
    const next = iterator.next(); // held back, so the source is not open
    stream.end();
    await expect(next).rejects.toBe(stream.reason);
    await leave(iterator);
    expect(source.log).toEqual(['opened', 'returned']);
  });

  test('a generator that never yields again keeps nobody waiting', async () => {
    const iterator = wrap(
      (async function* () {
        yield 1;
        await new Promise(() => {});
      })(),
    );
    await iterator.next();
    const next = iterator.next();
    await turn();
    stream.end();
    await expect(next).rejects.toBe(stream.reason);
    expect(await iterator.return()).toEqual({ done: true, value: undefined });
  });

  test('what a source throws while it cleans up reaches nobody', async () => {
    const iterator = wrap(
      (async function* () {
        try {
          yield 1;
        } finally {
          throw new Error('the clean-up failed'); // oxlint-disable-line no-unsafe-finally
        }
      })(),
    );
    await iterator.next();
    stream.end();
    await turn();
    await expect(iterator.next()).rejects.toBe(stream.reason);
  });

  test('a source that was never read is returned', async () => {
    const source = createSource();
    const iterator = wrap(source);
    stream.hold();
    const next = iterator.next();
    await turn();
    stream.end();
    await expect(next).rejects.toBe(stream.reason);
    expect(source.log).toEqual(['opened', 'returned']);
  });
});

test('a long stream adds no listeners or waits', async () => {
  const { signal } = new AbortController();
  const iterator = wrap(
    (async function* () {
      for (;;) yield signal.aborted;
    })(),
  );
  for (let event = 0; event < 1000; event += 1) await iterator.next();
  expect(getEventListeners(signal, 'abort')).toEqual([]);
  expect(stream.count()).toBe(1);
  await iterator[Symbol.asyncDispose]();
  expect(stream.count()).toBe(0);
});
