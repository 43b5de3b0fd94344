/**
 * When to refresh a session, on this machine's clock, which may be wrong.
 *
 * The server returns the instant `expiry` on its own clock, and the response's Date header shows that clock. Their
 * difference is the lifetime that is left. The session is refreshed when half of it has passed, so this machine's clock
 * has to run but need not be right.
 *
 * The header may be unreadable: on a WebSocket, or from another origin that does not expose it. The expiry is then
 * compared with this machine's clock. A clock that is wrong by an hour moves the refresh by half an hour, which is still
 * before the expiry of any token that lives longer than an hour. If a token that was just issued seems to have expired,
 * the clock must be wrong, and the session is refreshed soon. The SDK never ends a session by its own clock: only the
 * server decides whether a token has expired.
 */

const soonMs = 60_000;
const minimumWaitMs = 1000;

/** The longest wait for the answer to a refresh and for the tab lock, and the pause before a failed refresh is retried. */
export const refreshTimeoutMs = 30_000;

/** Date.parse also accepts other strings, with results that depend on the engine. */
const isoPattern = /^\d{4}-\d\d-\d\dT/;

/** Returns an expiry in milliseconds since 1970; `NaN` if it is `null` or neither a Date nor an ISO string. */
export function instantOf(expiry: unknown): number {
  const text = expiry instanceof Date ? expiry.toJSON() : String(expiry);
  return Date.parse(isoPattern.test(text) ? text : '');
}

/**
 * Returns when to refresh, in milliseconds since 1970 on this machine's clock. Returns `null`, which means never, if the
 * token does not expire or if the app formats its expiry as something other than a Date or an ISO string.
 */
export function refreshTimeOf(expiry: unknown, dateHeader: string | null | undefined, now: number): number | null {
  const leftMs = instantOf(expiry) - (Date.parse(dateHeader ?? '') || now);
  return now + (leftMs <= 0 ? soonMs : Math.max(leftMs / 2, minimumWaitMs)) || null;
}
