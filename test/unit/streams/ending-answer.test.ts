import { setImmediate as turn } from 'node:timers/promises';
import { type Observer, observable } from '@trpc/server/observable';
import { beforeEach, describe, expect, test } from 'vitest';
import { endingAnswer, endingSubscription } from '../../../src/streams/endings/ending-answer.ts';
import { createFakeStream } from './fake-stream.ts';

let stream: ReturnType<typeof createFakeStream>;
beforeEach(() => {
  stream = createFakeStream();
});

const isStreamed = true;
const wrap = (answer: unknown, streamed = isStreamed) => endingAnswer(answer, streamed, stream.open);

async function* numbers() {
  yield 1;
  yield 2;
}

async function* rowsOfNumbers() {
  yield { rows: numbers() };
}

async function read(values: unknown): Promise<unknown[]> {
  const seen: unknown[] = [];
  for await (const value of values as AsyncIterable<unknown>) seen.push(value);
  return seen;
}

/** Resolves with the next rejection that nobody handles, of which the test runner does not learn. */
function catchUnhandled(): Promise<unknown> {
  const listeners = process.rawListeners('unhandledRejection') as NodeJS.UnhandledRejectionListener[];
  process.removeAllListeners('unhandledRejection');
  return new Promise((resolve) => {
    process.once('unhandledRejection', (reason) => {
      for (const listener of listeners) process.on('unhandledRejection', listener);
      resolve(reason);
    });
  });
}

describe('an answer without streams', () => {
  class Row {
    id = 1;
  }
  test.each([
    ['null', null],
    ['a text', 'text'],
    ['an object', { id: 1, nested: { id: 2 } }],
    ['a list', [{ id: 1 }]],
    ['a date', new Date()],
    ['an instance', new Row()],
  ])('stays as it is: %s', (_name, answer) => {
    expect(wrap(answer)).toBe(answer);
    expect(stream.count()).toBe(0);
  });
});

test('an answer that is not streamed is not looked into', () => {
  const answer = {
    get value(): never {
      throw new Error('must not be read');
    },
  };
  expect(wrap(answer, false)).toBe(answer);
});

describe('promises in an answer', () => {
  test('resolve while the session is valid', async () => {
    const answer = wrap({ id: 1, slow: Promise.resolve('value') }) as { id: number; slow: Promise<string> };
    expect(answer.id).toBe(1);
    expect(stream.count()).toBe(1);
    expect(await answer.slow).toBe('value');
    expect(stream.count()).toBe(0);
  });

  test('reject with the reason when it ends, also if nobody waits', async () => {
    const answer = wrap({ slow: new Promise(() => {}), other: new Promise(() => {}) }) as { slow: Promise<string> };
    stream.end();
    await expect(answer.slow).rejects.toBe(stream.reason);
    await turn();
  });

  test('are held back while it is judged', async () => {
    const slow = Promise.withResolvers<string>();
    const answer = wrap({ slow: slow.promise }) as { slow: Promise<string> };
    stream.hold();
    slow.resolve('too late');
    await turn();
    stream.end();
    await expect(answer.slow).rejects.toBe(stream.reason);
  });

  test('reject as they would', async () => {
    const answer = wrap({ slow: Promise.reject(new Error('the app failed')) }) as { slow: Promise<string> };
    await expect(answer.slow).rejects.toThrow('the app failed');
    expect(stream.count()).toBe(0);
  });
});

describe('iterables in an answer', () => {
  test('end with the session, wherever they are', async () => {
    const inner = async () => ({ rows: numbers() });
    const answer = wrap({ rows: numbers(), later: inner() }) as { rows: unknown; later: Promise<{ rows: unknown }> };
    const { rows } = await answer.later;
    const iterator = (answer.rows as AsyncGenerator)[Symbol.asyncIterator]();
    const other = (rows as AsyncGenerator)[Symbol.asyncIterator]();
    expect([(await iterator.next()).value, (await other.next()).value]).toEqual([1, 1]);
    stream.end();
    await expect(iterator.next()).rejects.toBe(stream.reason);
    await expect(other.next()).rejects.toBe(stream.reason);
  });

  test('may yield promises and iterables', async () => {
    const [event] = await read(wrap(rowsOfNumbers()));
    expect(await read((event as { rows: unknown }).rows)).toEqual([1, 2]);
  });

  test('keep their other methods if the answer is not streamed', async () => {
    const readable = new ReadableStream();
    expect(wrap(readable, false)).toBe(readable);
    expect(wrap({ readable }, false)).toMatchObject({ readable });
    expect(wrap(readable)).not.toBe(readable);
    expect(await read(wrap(numbers(), false))).toEqual([1, 2]);
    expect(
      wrap(
        observable(() => {}),
        false,
      ),
    ).toHaveProperty('subscribe');
  });
});

describe('an observable of a subscription', () => {
  type Emit = Observer<unknown, unknown>;

  /** @param onValue called after each value is logged */
  function subscribe(onValue: (value: unknown) => void = () => {}) {
    const log: unknown[] = [];
    const source = Promise.withResolvers<Emit>();
    let isLeft = false;
    const answer = endingSubscription(
      observable<unknown>((emit) => {
        source.resolve(emit);
        return () => {
          isLeft = true;
        };
      }),
      stream.open,
    ) as ReturnType<typeof observable<unknown, unknown>>;
    const subscription = answer.subscribe({
      next(value) {
        log.push(value);
        onValue(value);
      },
      error: (error) => log.push(error),
      complete: () => log.push('complete'),
    });
    return { log, emit: source.promise, isLeft: () => isLeft, ...subscription };
  }

  test('passes values, and leaves nothing when it completes', async () => {
    const { log, emit, isLeft } = subscribe();
    (await emit).next(1);
    (await emit).complete();
    expect(log).toEqual([1, 'complete']);
    expect([stream.count(), isLeft()]).toEqual([0, true]);
  });

  test('passes an error, and leaves nothing', async () => {
    const { log, emit, isLeft } = subscribe();
    (await emit).error('failed');
    expect(log).toEqual(['failed']);
    expect([stream.count(), isLeft()]).toEqual([0, true]);
  });

  test('holds values back and delivers them in order', async () => {
    const { log, emit } = subscribe();
    stream.hold();
    for (const value of [1, 2, 3]) (await emit).next(value);
    (await emit).complete();
    await turn();
    expect(log).toEqual([]);
    stream.release();
    await turn();
    expect(log).toEqual([1, 2, 3, 'complete']);
  });

  test('drops what it held when the session ends', async () => {
    const { log, emit, isLeft } = subscribe();
    (await emit).next(1);
    stream.hold();
    (await emit).next('too late');
    stream.end();
    (await emit).next('much too late');
    await turn();
    expect(log).toEqual([1, stream.reason]);
    expect(isLeft()).toBe(true);
  });

  test('leaves nothing when its consumer leaves first', async () => {
    const { log, emit, isLeft, unsubscribe } = subscribe();
    stream.hold();
    (await emit).next(1);
    unsubscribe();
    stream.release();
    await turn();
    expect([log, stream.count(), isLeft()]).toEqual([[], 0, true]);
  });

  test('is left by a consumer that throws at a value held back', async () => {
    const unhandled = catchUnhandled();
    const { log, emit, isLeft } = subscribe(() => {
      throw new Error('the consumer failed');
    });
    stream.hold();
    for (const value of [1, 2]) (await emit).next(value);
    stream.release();
    expect(await unhandled).toEqual(new Error('the consumer failed'));
    (await emit).next(3);
    await turn();
    expect([log, stream.count(), isLeft()]).toEqual([[1], 0, true]);
  });

  test('may hold back again while it delivers', async () => {
    const { log, emit } = subscribe((value) => {
      if (value === 1) stream.hold();
      if (value === 2) emitted.next('in reply to 2');
    });
    const emitted = await emit;
    stream.hold();
    for (const value of [1, 2]) emitted.next(value);
    stream.release();
    await turn();
    expect(log).toEqual([1]);
    emitted.next(3);
    stream.release();
    await turn();
    expect(log).toEqual([1, 2, 3, 'in reply to 2']);
  });
});

test('a subscription that returns neither is left to tRPC', () => {
  expect(endingSubscription('text', stream.open)).toBe('text');
});
