import type { DurinErrorData } from '../src/wire.ts';

/**
 * Why durin has refused a call, typed: `durinErrorOf(error)?.code === 'THROTTLED'`. For errors whose type nobody knows,
 * as in a `catch`; also in a batch, where the HTTP status tells nothing.
 * @returns nothing for all other errors, as where the server cannot be reached
 */
export function durinErrorOf(error: unknown): DurinErrorData | undefined {
  return (error as { data?: { durin?: DurinErrorData } } | null | undefined)?.data?.durin;
}
