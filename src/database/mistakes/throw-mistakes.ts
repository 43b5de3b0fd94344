import { DurinUsageError, isDurinError } from '../../errors.ts';
import type { BoundedByTimeout } from '../database-timeout.ts';

/**
 * For calls that are not requests: throws the mistake that made the store unavailable, such as a forgotten migration or a
 * folder that another process uses. Requests get STORE_UNAVAILABLE, with the mistake as its cause.
 */
export async function throwMistakes<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw isDurinError(error) && error.cause instanceof DurinUsageError ? error.cause : error;
  }
}

/** The same for work with a timeout. */
export function boundedThrowingMistakes(bounded: BoundedByTimeout): BoundedByTimeout {
  return (work) => throwMistakes(bounded(work));
}
