import { DurinUsageError } from '../errors.ts';
import { secondsPer, type TimeUnit } from './units.ts';

/** A length of time: `'60s'`, `'15m'`, `'12h'`, `'14d'`, or a whole number of seconds. */
export type Duration = number | `${number}${TimeUnit}`;

/** The largest PostgreSQL `integer`: 68 years of seconds. */
const maxSeconds = 2_147_483_647;

/** What is said of a value that is no duration, after its name. */
export const durationSentence =
  "must be a duration such as '60s', '15m', '12h', '14d' or a whole number of seconds, from 1 second to 68 years";

/** Whether a value is a duration: a whole number of seconds from 1 to 2,147,483,647 (68 years). */
export function isDuration(value: unknown): value is Duration {
  return secondsOf(value) !== null;
}

/**
 * Converts a duration to seconds.
 * @param subject what the duration is for, such as an option's name
 * @throws DurinUsageError naming `subject`, unless it is a duration
 */
export function parseDuration(duration: unknown, subject: string): number {
  const seconds = secondsOf(duration);
  if (seconds === null) throw new DurinUsageError(`${subject} ${durationSentence}`);
  return seconds;
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

/** `null`: the value is no duration. */
function secondsOf(value: unknown): number | null {
  const seconds = typeof value === 'string' ? secondsOfText(value) : value;
  const isInRange = typeof seconds === 'number' && Number.isInteger(seconds) && seconds > 0 && seconds <= maxSeconds;
  return isInRange ? seconds : null;
}

function secondsOfText(text: string): number {
  const [, amount, unit] = /^(\d{1,10})([smhd])$/.exec(text) ?? [];
  return amount === undefined ? Number.NaN : Number(amount) * secondsPer[unit as TimeUnit];
}
