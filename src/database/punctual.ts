import { within } from '../deadline.ts';
import { DurinError } from '../errors.ts';

/**
 * The same functions, each of which answers within a deadline: then it fails with STORE_UNAVAILABLE, as a database that
 * is frozen, or cut off without a word, never does by itself. What was begun goes on nevertheless: whether PostgreSQL
 * does it later can not be known, and if it does, caches and listeners hear of it then.
 * @param exempt those that may take as long as they take
 */
export function punctual<T extends object>(functions: T, deadlineMs: number, exempt: readonly (keyof T)[] = []): T {
  const entries = Object.entries(functions).map(([name, run]) => {
    if (exempt.includes(name as keyof T)) return [name, run] as const;
    return [name, (...parameters: unknown[]) => inTime(deadlineMs, () => (run as AnyFunction)(...parameters))] as const;
  });
  return Object.fromEntries(entries) as T;
}

type AnyFunction = (...parameters: unknown[]) => unknown;

/** @throws DurinError STORE_UNAVAILABLE when it takes longer */
export function inTime<T>(deadlineMs: number, work: () => T | PromiseLike<T>): Promise<T> {
  return within(deadlineMs, 'the database', work, toUnavailable);
}

function toUnavailable(cause: Error): DurinError {
  return new DurinError('STORE_UNAVAILABLE', { cause });
}
