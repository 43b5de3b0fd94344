const dateTime = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });
const relativeTime = new Intl.RelativeTimeFormat('en');

/** As the server rounds `expiresIn`: what is less than `slack` seconds short of a whole unit counts as the whole. */
const units = [
  { name: 'day', length: 86_400, slack: 60 },
  { name: 'hour', length: 3600, slack: 60 },
  { name: 'minute', length: 60, slack: 5 },
] as const;

/** Formats a date and time, in English as the rest of the page. */
export function formatDateTime(iso: string): string {
  return dateTime.format(new Date(iso));
}

/** Formats how long ago a time was: "5 minutes ago". A time in the future, from a wrong clock, is "just now". */
export function formatTimeAgo(iso: string, now = Date.now()): string {
  const seconds = (now - Date.parse(iso)) / 1000;
  for (const { name, length, slack } of units) {
    const count = Math.ceil((seconds + slack) / length) - 1;
    if (count >= 1) return relativeTime.format(-count, name);
  }
  return 'just now';
}

/** Formats when something expires, by the server's `expiresIn`: "in 14 days", or "never". */
export function formatExpiry(expiresIn: string, hasExpired: boolean): string {
  if (hasExpired) return 'expired';
  return expiresIn === 'never' ? 'never' : `in ${expiresIn}`;
}
