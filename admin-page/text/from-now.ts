import { secondsPer } from '../../src/values/units.ts';

const units = [
  ['year', 365 * secondsPer.d],
  ['month', 30 * secondsPer.d],
  ['day', secondsPer.d],
  ['hour', secondsPer.h],
  ['minute', secondsPer.m],
] as const;

const relative = new Intl.RelativeTimeFormat('en');

/** The time from now in the largest unit: `in 8 hours`, `2 days ago`. Adds half a minute, so that 59:59 is an hour. */
export function fromNow(date: Date, now: number): string {
  const seconds = (date.getTime() - now) / 1000;
  const rounded = seconds + 30 * Math.sign(seconds);
  for (const [unit, length] of units) {
    const count = Math.trunc(rounded / length);
    if (count !== 0) return relative.format(count, unit);
  }
  return 'just now';
}
