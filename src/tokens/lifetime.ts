import type { SessionRecord } from '../session.ts';
import { isExpired } from '../values/expiry.ts';

/**
 * Where a session is in its life:
 * - `valid`
 * - `idling`: valid, and expires within a minute unless it is used
 * - `expired`
 */
export type LifetimeStage = 'valid' | 'idling' | 'expired';

/**
 * A use in the last minute is stored before the call continues. Uses are otherwise stored later, and at most once a minute, so
 * another process could take the session for expired in the meantime.
 */
const idlingMs = 60_000;

/** Judges a session by its expiry, which already is the earliest of its three: of the token, without use, and in all. */
export function judgeLifetime(
  { expiresAt, expiresByIdling }: Pick<SessionRecord, 'expiresAt' | 'expiresByIdling'>,
  now: number,
): LifetimeStage {
  if (isExpired(expiresAt, now)) return 'expired';
  const isSoon = expiresAt !== null && expiresAt.getTime() - now < idlingMs;
  return expiresByIdling && isSoon ? 'idling' : 'valid';
}
