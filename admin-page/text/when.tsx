import { Tooltip } from '@mui/material';
import { fromNow } from './from-now.ts';

interface WhenProps {
  /** ISO 8601. */
  date: string;
}

const full = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeStyle: 'short' });

/** An instant: how long ago or from now; when it was, on pointing at it. */
export function When({ date }: WhenProps) {
  const instant = new Date(date);
  return (
    <Tooltip title={full.format(instant)} describeChild>
      <time dateTime={date}>{fromNow(instant, Date.now())}</time>
    </Tooltip>
  );
}
