import { DurinUsageError } from '../errors.ts';
import { parseDuration } from './duration.ts';
import { parseRate } from './rate.ts';

/** The longest name a client may have, in characters. */
export const clientNameLength = 64;

/**
 * Checks the fields of a client that are given. An invalid value would make every request of that client fail.
 * @throws DurinUsageError naming the property
 */
export function assertValidClient(client: { name?: unknown; tokenTtl?: unknown; throttleRate?: unknown }): void {
  const { name, tokenTtl, throttleRate } = client;
  const problem = name === undefined ? null : clientNameProblem(name);
  if (problem !== null) throw new DurinUsageError(`name: ${problem}`);
  if (tokenTtl !== undefined && tokenTtl !== null) parseDuration(tokenTtl, 'tokenTtl');
  if (throttleRate !== undefined && throttleRate !== null) parseRate(throttleRate, 'throttleRate');
}

/** A sentence that says what is wrong with a client's name, or `null` if the name is valid. */
export function clientNameProblem(name: unknown): string | null {
  if (typeof name !== 'string' || name.trim() === '') return 'This field may not be blank.';
  if (name.length > clientNameLength) return `At most ${clientNameLength} characters.`;
  if (/\p{Cc}/u.test(name)) return 'No control characters.';
  return null;
}
