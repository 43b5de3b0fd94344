const units = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

const relative = new Intl.RelativeTimeFormat('en');

/** How long from now, in the largest unit: `in 8 hours`, `2 days ago`. Half a minute is not counted: an hour is soon 59:59. */
export function fromNow(date: Date, now: number): string {
  const seconds = (date.getTime() - now) / 1000;
  const counted = seconds + 30 * Math.sign(seconds);
  for (const [unit, length] of units) {
    const count = Math.trunc(counted / length);
    if (count !== 0) return relative.format(count, unit);
  }
  return 'just now';
}
