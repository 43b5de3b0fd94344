import { parseDuration } from './duration.ts';
import { DurinUsageError } from './errors.ts';
import { parseRate } from './rate.ts';

export const clientNameLength = 64;

/**
 * Refuses a client that would break every request made with it.
 * @throws DurinUsageError naming the property
 */
export function refuseInvalidClient(client: { name?: unknown; tokenTtl?: unknown; throttleRate?: unknown }): void {
  const { name, tokenTtl, throttleRate } = client;
  if (name !== undefined) {
    if (typeof name !== 'string' || name.trim() === '') throw new DurinUsageError('name: This field may not be blank.');
    if (name.length > clientNameLength) throw new DurinUsageError(`name: At most ${clientNameLength} characters.`);
    if (/\p{Cc}/u.test(name)) throw new DurinUsageError('name: No control characters.');
  }
  if (tokenTtl !== undefined && tokenTtl !== null) parseDuration(tokenTtl, 'tokenTtl');
  if (throttleRate !== undefined && throttleRate !== null) parseRate(throttleRate, 'throttleRate');
}
