/**
 * When a session is to be refreshed, on the clock of this machine, which may be wrong.
 *
 * The server tells an instant, `expiry`, on its own clock. Its answer's Date header tells what that clock shows, so their
 * difference is the lifetime that is left, and this machine's clock only has to run, not to be right: half of the
 * lifetime after the answer came, the session is refreshed.
 *
 * Where the header cannot be read (on a WebSocket, or from another origin that does not expose it) the two clocks have
 * to be compared. Half of the lifetime is what makes that safe: a clock that is wrong by an hour moves the refresh by
 * half an hour, and so leaves it before the expiry for all tokens that live longer than an hour. Where the comparison
 * says that a token has expired which the server has just given, the clock is known to be wrong, and the session is
 * refreshed soon. The SDK never ends a session by its own clock: whether a token has expired is for the server to say.
 */

const soonMs = 60_000;
const leastMs = 1000;

/** For how long an answer or a lock is waited for, and after how long a refresh that failed is tried again. */
export const patienceMs = 30_000;

/** Other texts would be read by Date.parse as it pleases. */
const isoPattern = /^\d{4}-\d\d-\d\dT/;

/**
 * When to refresh, in milliseconds since 1970 on this machine's clock; `null`: never, as the token does not expire, or
 * the app formats its expiry as something else than a Date or an ISO text.
 */
export function refreshTimeOf(expiry: unknown, dateHeader: string | null | undefined, now: number): number | null {
  const text = expiry instanceof Date ? expiry.toJSON() : String(expiry);
  const leftMs = Date.parse(isoPattern.test(text) ? text : '') - (Date.parse(dateHeader ?? '') || now);
  return now + (leftMs <= 0 ? soonMs : Math.max(leftMs / 2, leastMs)) || null;
}
