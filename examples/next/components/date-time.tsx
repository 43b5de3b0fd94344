/** The same on the server and in the browser, whose languages and time zones differ. */
const format = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' });

export function DateTime({ date }: { date: Date | null }) {
  if (date === null) return 'never';
  return <time dateTime={date.toISOString()}>{format.format(date)} UTC</time>;
}
