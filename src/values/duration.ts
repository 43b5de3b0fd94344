import { DurinUsageError } from '../errors.ts';

/** A length of time: `'60s'`, `'15m'`, `'12h'`, `'14d'`, or a whole number of seconds. */
export type Duration = number | `${number}${keyof typeof secondsPer}`;

const secondsPer = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** What a PostgreSQL `integer` of seconds holds: 68 years. */
const maxSeconds = 2_147_483_647;

/**
 * Seconds of a duration.
 * @throws DurinUsageError naming `subject` unless it is a whole number of seconds from 1 to 2,147,483,647 (68 years)
 */
export function parseDuration(duration: unknown, subject: string): number {
  const seconds = typeof duration === 'string' ? secondsOf(duration) : duration;
  if (typeof seconds === 'number' && Number.isInteger(seconds) && seconds > 0 && seconds <= maxSeconds) return seconds;
  throw new DurinUsageError(
    `${subject} must be a duration such as '60s', '15m', '12h', '14d' or a whole number of seconds, from 1 second to 68 years`,
  );
}

function secondsOf(text: string): number {
  const [, amount, unit] = /^(\d{1,10})([smhd])$/.exec(text) ?? [];
  return amount === undefined ? Number.NaN : Number(amount) * secondsPer[unit as keyof typeof secondsPer];
}

const steps = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
  ['second', 1],
] as const;

/** A span in words, in its largest whole unit up to days: `13 days`, `23 hours`. Less than a second is `0 seconds`. */
export function inWords(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  for (const [unit, length] of steps) {
    const count = Math.floor(seconds / length);
    if (count >= 1) return `${count} ${unit}${count === 1 ? '' : 's'}`;
  }
  return '0 seconds';
}
