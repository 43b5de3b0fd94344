import { DurinError } from '../errors.ts';
import { withTimeout } from './with-timeout.ts';

/**
 * Has functions answer within a deadline: else they fail with STORE_UNAVAILABLE, as a database that is frozen, or cut off
 * without a word, never does by itself. What was begun goes on nevertheless: whether PostgreSQL does it later can not be
 * known, and if it does, caches and listeners hear of it then.
 *
 * In the app's transaction they take as long as they take, like the app's own statements: the app would roll back, and what
 * goes on would be outside of it.
 * @param isInTransaction whether statements are part of the app's transaction now
 */
export function createPunctual(deadlineMs: number, isInTransaction: () => boolean): Punctual {
  return function punctual(functions, exempt = []) {
    const entries = Object.entries(functions).map(([name, run]) => {
      if (exempt.includes(name as keyof typeof functions)) return [name, run] as const;
      const work = run as (...parameters: unknown[]) => unknown;
      const inItsTime = (...parameters: unknown[]) =>
        isInTransaction() ? work(...parameters) : inTime(deadlineMs, () => work(...parameters));
      return [name, inItsTime] as const;
    });
    return Object.fromEntries(entries) as typeof functions;
  };
}

/** @param exempt those that have no deadline */
export type Punctual = <T extends object>(functions: T, exempt?: readonly (keyof T)[]) => T;

/** @throws DurinError STORE_UNAVAILABLE when it takes longer */
export function inTime<T>(deadlineMs: number, work: () => T | PromiseLike<T>): Promise<T> {
  return withTimeout(deadlineMs, 'the database', work, toUnavailable);
}

function toUnavailable(cause: Error): DurinError {
  return new DurinError('STORE_UNAVAILABLE', { cause });
}
