import type { DurinErrorData } from '../../src/wire.ts';

/**
 * Returns why durin refused a call: `{ code, retryAfter?, scope?, maxAge? }`. Use it for errors of unknown type, as in a `catch`. It
 * also works for a call in a batch, whose HTTP status does not describe the single call.
 *
 * Returns `undefined` for any other error, such as a network failure. Never throws.
 *
 * @example
 * try {
 *   await trpc.publish.mutate();
 * } catch (error) {
 *   const refusal = durinErrorOf(error);
 *   if (refusal?.code !== 'THROTTLED') throw error;
 *   console.log(`Try again in ${refusal.retryAfter} seconds.`);
 * }
 */
export function durinErrorOf(error: unknown): DurinErrorData | undefined {
  return (error as { data?: { durin?: DurinErrorData } } | null | undefined)?.data?.durin;
}
