import { formatDateTime } from './format-time.ts';

/** A date and time. @param iso ISO 8601 */
export function DateTime({ iso }: { iso: string }) {
  return <time dateTime={iso}>{formatDateTime(iso)}</time>;
}
