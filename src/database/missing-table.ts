import { DurinError, DurinUsageError } from '../errors.ts';
import type { BoundedByTimeout } from './database-timeout.ts';

/** The SQLSTATEs of what migrations create and a statement did not find: a table, a column, a schema. */
const missingStates = new Set(['42P01', '42703', '3F000']);

/** Names the table or column that the database lacks; `null`: the statement failed for another reason. */
export function missingTableError(cause: unknown): DurinUsageError | null {
  if (!(cause instanceof Error && 'code' in cause && missingStates.has(String(cause.code)))) return null;
  const [line = ''] = cause.message.replaceAll(/"|\bpublic\./g, '').split('\n', 1);
  const named = line.replace(/^relation /, '').replace(' of relation ', ' of ');
  return new DurinUsageError(`${named}: run your migrations`, { cause });
}

/**
 * For calls that are not requests: throws the mistake that made the store unavailable, such as a forgotten migration or a
 * folder that another process uses. Requests get STORE_UNAVAILABLE, with the mistake as its cause.
 */
export async function throwMistakes<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw error instanceof DurinError && error.cause instanceof DurinUsageError ? error.cause : error;
  }
}

/** The same for work with a timeout. */
export function boundedThrowingMistakes(bounded: BoundedByTimeout): BoundedByTimeout {
  return (work) => throwMistakes(bounded(work));
}
