import { Box, Chip, Stack, Typography } from '@mui/material';
import type { ReactNode } from 'react';
import { durationInWords } from '../../src/values/duration-in-words.ts';
import { effectOf, type PartView, type parts, statusWords } from './health-words.ts';

interface PartRowProps {
  part: (typeof parts)[number];
  view: PartView;
}

/** A part, its state and since when, and why it fails. */
export function PartRow({ part: { name, title, purpose }, view }: PartRowProps) {
  return (
    <Stack
      component="li"
      direction="row"
      sx={{ px: 2, py: 1.5, gap: 2, borderBottom: 1, borderColor: 'divider', '&:last-of-type': { borderBottom: 0 } }}
    >
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Typography component="h2" variant="h2">
          {title}
        </Typography>
        <Typography variant="body2" color="textSecondary">
          {purpose}
        </Typography>
        <PartDetails name={name} view={view} />
      </Box>
      <Box sx={{ flexShrink: 0 }}>
        <StatusChip status={view.status} />
      </Box>
    </Stack>
  );
}

function PartDetails({ name, view }: { name: (typeof parts)[number]['name']; view: PartView }): ReactNode {
  switch (view.status) {
    case 'unused':
      return null;
    case 'up':
      return (
        <Typography variant="body2" color="textSecondary" component="div">
          {view.latencyMs !== null && `Answered in ${view.latencyMs} ms. `}
          No outage for {timeSince(view.since)}.
        </Typography>
      );
    case 'down':
    case 'degraded':
      return (
        <Typography variant="body2" component="div" sx={{ mt: 0.5, overflowWrap: 'anywhere' }}>
          Failing for {timeSince(view.since)}. {effectOf[name]}
          <Box component="code" sx={{ display: 'block', fontSize: '0.8125rem' }}>
            {view.reason}
          </Box>
        </Typography>
      );
  }
}

function StatusChip({ status }: Pick<PartView, 'status'>) {
  const label = statusWords[status];
  switch (status) {
    case 'up':
      return <Chip label={label} size="small" color="success" variant="outlined" />;
    case 'down':
      return <Chip label={label} size="small" color="error" sx={{ fontWeight: 650 }} />;
    case 'degraded':
      return <Chip label={label} size="small" color="error" variant="outlined" sx={{ fontWeight: 650 }} />;
    case 'unused':
      return <Chip label={label} size="small" variant="outlined" />;
  }
}

function timeSince(date: string): string {
  return durationInWords(Date.now() - new Date(date).getTime());
}
