import { DurinUsageError } from '../errors.ts';
import { secondsPer, type TimeUnit } from './units.ts';

/** A length of time: `'60s'`, `'15m'`, `'12h'`, `'14d'`, or a whole number of seconds. */
export type Duration = number | `${number}${TimeUnit}`;

/** The largest PostgreSQL `integer`: 68 years of seconds. */
const maxSeconds = 2_147_483_647;

/**
 * Converts a duration to seconds.
 * @param subject what the duration is for, such as an option's name
 * @throws DurinUsageError naming `subject`, unless the result is a whole number from 1 to 2,147,483,647 (68 years)
 */
export function parseDuration(duration: unknown, subject: string): number {
  const seconds = typeof duration === 'string' ? secondsOf(duration) : duration;
  if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds > 0 && seconds <= maxSeconds) return seconds;
  throw new DurinUsageError(
    `${subject} must be a duration such as '60s', '15m', '12h', '14d' or a whole number of seconds, from 1 second to 68 years`,
  );
}

const maxOverlapDays = 30;

/**
 * Converts how long a rolled key works on after the first use of its successor to seconds. `0` and `'0s'`: not at all.
 * @throws DurinUsageError naming `subject`, unless it is such a duration, of at most 30 days
 */
export function parseOverlap(overlap: unknown, subject: string): number {
  const isNone = typeof overlap === 'string' ? /^0[smhd]$/.test(overlap) : overlap === 0;
  const seconds = isNone ? 0 : parseDuration(overlap, subject);
  if (seconds <= maxOverlapDays * secondsPer.d) return seconds;
  throw new DurinUsageError(`${subject} must be at most ${maxOverlapDays} days`);
}

function secondsOf(text: string): number {
  const [, amount, unit] = /^(\d{1,10})([smhd])$/.exec(text) ?? [];
  return amount === undefined ? Number.NaN : Number(amount) * secondsPer[unit as TimeUnit];
}
