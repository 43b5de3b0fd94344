import { DurinUsageError } from '../errors.ts';
import { parseDuration } from './duration.ts';
import { parseRate } from './rate.ts';

export const clientNameLength = 64;

/**
 * Refuses a client that would break every request made with it.
 * @throws DurinUsageError naming the property
 */
export function refuseInvalidClient(client: { name?: unknown; tokenTtl?: unknown; throttleRate?: unknown }): void {
  const { name, tokenTtl, throttleRate } = client;
  const fault = name === undefined ? null : faultOfClientName(name);
  if (fault !== null) throw new DurinUsageError(`name: ${fault}`);
  if (tokenTtl !== undefined && tokenTtl !== null) parseDuration(tokenTtl, 'tokenTtl');
  if (throttleRate !== undefined && throttleRate !== null) parseRate(throttleRate, 'throttleRate');
}

/** What is wrong with a client's name, in a sentence; `null`: nothing. */
export function faultOfClientName(name: unknown): string | null {
  if (typeof name !== 'string' || name.trim() === '') return 'This field may not be blank.';
  if (name.length > clientNameLength) return `At most ${clientNameLength} characters.`;
  if (/\p{Cc}/u.test(name)) return 'No control characters.';
  return null;
}
