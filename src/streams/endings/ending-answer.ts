import { isObservable } from '@trpc/server/observable';
import { EndingIterator, type OpenEnding } from './ending-iterator.ts';
import { endingObservable } from './ending-observable.ts';
import { endingPromise } from './ending-promise.ts';

/** Wraps what a subscription returns, so that it ends with its session. */
export function endingSubscription(answer: unknown, open: OpenEnding): unknown {
  if (isObservable(answer)) return endingObservable(answer, open);
  return isAsyncIterable(answer) ? new EndingIterator(answer, open, asItIs) : answer;
}

/**
 * Wraps the promises and async iterables in the answer of a query or mutation, wherever tRPC streams them: as the answer, as
 * the value of a plain object, and in what they yield. Returns other answers as they are.
 * @param isStreamed whether tRPC streams the answer. If not, only an answer that is a generator is wrapped: a server-side
 *   caller may need the other methods of an iterable, and what is inside an answer is not looked at.
 */
export function endingAnswer(answer: unknown, isStreamed: boolean, open: OpenEnding): unknown {
  function wrapAsync(value: unknown): unknown {
    if (typeof value !== 'object' || value === null) return value;
    if (isPromise(value)) return endingPromise(value.then(wrap), open);
    if (isAsyncIterable(value) && (isStreamed || isGenerator(value))) return new EndingIterator(value, open, wrap);
    return isStreamed && isObservable(value) ? endingObservable(value, open) : value;
  }

  function wrap(value: unknown): unknown {
    const wrapped = wrapAsync(value);
    if (!isStreamed || wrapped !== value || !isPlainObject(value)) return wrapped;
    let copy: Record<string, unknown> | null = null;
    for (const [key, item] of Object.entries(value)) {
      const wrappedItem = wrapAsync(item);
      if (wrappedItem === item) continue;
      copy ??= { ...value };
      copy[key] = wrappedItem;
    }
    return copy ?? value;
  }

  return wrap(answer);
}

/** Whether `endingAnswer` may wrap something. Cheap, because most answers stream nothing. */
export function mayStream(answer: unknown, isStreamed: boolean): boolean {
  if (typeof answer !== 'object' || answer === null) return false;
  return isStreamed || isAsyncIterable(answer) || 'then' in answer;
}

function asItIs(value: unknown): unknown {
  return value;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}

function isGenerator(value: object): boolean {
  return Object.prototype.toString.call(value) === '[object AsyncGenerator]';
}

function isPromise(value: object): value is PromiseLike<unknown> {
  return 'then' in value && typeof value.then === 'function';
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
