/**
 * Returns the input that a subscription is sent again with, so that it continues after the event that arrived last.
 * @param lastEventId what the server's `tracked` sent with that event
 */
export function resumedInput(input: unknown, lastEventId: string | undefined): unknown {
  return lastEventId && (typeof input === 'object' || input === undefined) ? { ...input, lastEventId } : input;
}
