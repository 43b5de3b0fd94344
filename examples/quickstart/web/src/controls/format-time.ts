const dateTime = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const relativeTime = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** Formats a date and time for the reader's locale. */
export function formatDateTime(iso: string): string {
  return dateTime.format(new Date(iso));
}

/** Formats how long ago a time was: "5 minutes ago". A time in the future, from a wrong clock, is "just now". */
export function formatTimeAgo(iso: string, now = Date.now()): string {
  const seconds = (now - Date.parse(iso)) / 1000;
  const [unit, secondsPerUnit] = units.find(([, length]) => seconds >= length) ?? [];
  return unit && secondsPerUnit ? relativeTime.format(-Math.floor(seconds / secondsPerUnit), unit) : 'just now';
}
