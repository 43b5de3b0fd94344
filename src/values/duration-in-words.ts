import { secondsPer } from './units.ts';

/** The units, the longest first, in seconds. What is less than `slack` short of a whole unit counts as the whole. */
const namedUnits = [
  { name: 'day', length: secondsPer.d, slack: 60 },
  { name: 'hour', length: secondsPer.h, slack: 60 },
  { name: 'minute', length: secondsPer.m, slack: 5 },
  { name: 'second', length: secondsPer.s, slack: 1 },
] as const;

/**
 * Writes a length of time in its largest whole unit, up to days: `14 days`, `23 hours`. It rounds down, but what is a
 * moment short of a whole unit counts as the whole: less than a minute short of a day or an hour, 5 seconds of a minute, a
 * second of a second. A token issued for 14 days a moment ago has `14 days` left, and only zero and negative times are
 * `0 seconds`.
 */
export function durationInWords(milliseconds: number): string {
  for (const { name, length, slack } of namedUnits) {
    const count = Math.ceil((milliseconds / 1000 + slack) / length) - 1;
    if (count >= 1) return `${count} ${name}${count === 1 ? '' : 's'}`;
  }
  return '0 seconds';
}
