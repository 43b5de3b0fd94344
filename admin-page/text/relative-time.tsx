import { Tooltip } from '@mui/material';
import { fromNow } from './from-now.ts';

interface RelativeTimeProps {
  /** ISO 8601. */
  date: string;
}

const fullDate = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

/** An instant relative to now, with the full date in a tooltip. */
export function RelativeTime({ date }: RelativeTimeProps) {
  const instant = new Date(date);
  return (
    <Tooltip title={fullDate.format(instant)} describeChild>
      <time dateTime={date}>{fromNow(instant, Date.now())}</time>
    </Tooltip>
  );
}
