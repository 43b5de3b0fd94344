import { Tooltip } from '@mui/material';

interface WhenProps {
  /** ISO 8601. */
  date: string;
}

const units = [
  ['year', 31_536_000],
  ['month', 2_592_000],
  ['day', 86_400],
  ['hour', 3600],
  ['minute', 60],
] as const;

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' });
const full = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

/** An instant: how long ago or from now; when it was, on pointing at it. */
export function When({ date }: WhenProps) {
  const instant = new Date(date);
  return (
    <Tooltip title={full.format(instant)} describeChild>
      <time dateTime={date}>{inWords((instant.getTime() - Date.now()) / 1000)}</time>
    </Tooltip>
  );
}

function inWords(seconds: number): string {
  for (const [unit, length] of units) {
    const count = Math.trunc(seconds / length);
    if (count !== 0) return relative.format(count, unit);
  }
  return 'just now';
}
