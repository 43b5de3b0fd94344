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

/** The same, or none at all: `0` or `'0s'`. */
export function parseDurationOrNone(duration: unknown, subject: string): number {
  const isNone = typeof duration === 'string' ? /^0[smhd]$/.test(duration) : duration === 0;
  return isNone ? 0 : parseDuration(duration, subject);
}

function secondsOf(text: string): number {
  const [, amount, unit] = /^(\d{1,10})([smhd])$/.exec(text) ?? [];
  return amount === undefined ? Number.NaN : Number(amount) * secondsPer[unit as TimeUnit];
}
