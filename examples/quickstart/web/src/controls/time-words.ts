const instant = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'medium' });
const ago = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

const units = [
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

/** The date and the time of day, as they are told where the reader is. */
export function dateInWords(iso: string): string {
  return instant.format(new Date(iso));
}

/** How long ago: "5 minutes ago". A clock that is wrong tells of no future. */
export function agoInWords(iso: string, now = Date.now()): string {
  const seconds = (now - Date.parse(iso)) / 1000;
  const [unit, length] = units.find(([, of]) => seconds >= of) ?? [];
  return unit && length ? ago.format(-Math.floor(seconds / length), unit) : 'just now';
}
