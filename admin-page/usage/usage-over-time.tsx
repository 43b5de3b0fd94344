import { Box, Card, MenuItem, Skeleton, Stack, TextField, Typography } from '@mui/material';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { trpc } from '../connection.ts';
import { Failure } from '../shell/failure.tsx';

/** Loaded with the first chart, because the chart library is a third of the page's scripts. */
const UsageChart = lazy(async () => ({ default: (await import('./usage-chart.tsx')).UsageChart }));

const periods = [7, 30, 90, 365] as const;

/** Tokens issued and last used per day, of all clients or of one. */
export function UsageOverTime({ clients }: { clients: readonly string[] }) {
  const [client, setClient] = useState('');
  const [days, setDays] = useState(30);
  const { data, error, refetch } = useQuery({
    queryKey: ['usage', 'over-time', client, days],
    queryFn: () => trpc.admin.usage.overTime.query({ days, ...(client && { client }) }),
    placeholderData: keepPreviousData,
  });
  return (
    <Card component="section" sx={{ p: 2 }} aria-labelledby="usage-over-time">
      <Stack
        direction="row"
        sx={{ flexWrap: 'wrap', gap: 2, alignItems: 'flex-start', justifyContent: 'space-between', mb: 1 }}
      >
        <Box sx={{ flex: '1 1 16rem' }}>
          <Typography variant="h2" id="usage-over-time">
            Tokens by day
          </Typography>
          <Typography variant="body2" color="textSecondary">
            Existing tokens by the day of issue and the day of last use.
          </Typography>
        </Box>
        <Stack direction="row" sx={{ gap: 1.5, flexShrink: 0 }}>
          <TextField
            select
            label="Client"
            value={client}
            onChange={(event) => setClient(event.target.value)}
            margin="none"
            sx={{ minWidth: 130 }}
            slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
          >
            <MenuItem value="">All clients</MenuItem>
            {clients.map((name) => (
              <MenuItem key={name} value={name}>
                {name}
              </MenuItem>
            ))}
          </TextField>
          <TextField
            select
            label="Period"
            value={days}
            onChange={(event) => setDays(Number(event.target.value))}
            margin="none"
            sx={{ minWidth: 110 }}
          >
            {periods.map((period) => (
              <MenuItem key={period} value={period}>
                {period} days
              </MenuItem>
            ))}
          </TextField>
        </Stack>
      </Stack>
      {error && <Failure error={error} onRetry={() => void refetch()} />}
      {!error && (
        <Suspense fallback={<ChartPlaceholder />}>
          {data === undefined ? <ChartPlaceholder /> : <UsageChart days={data} />}
        </Suspense>
      )}
    </Card>
  );
}

function ChartPlaceholder() {
  return <Skeleton role="status" aria-label="Loading" variant="rounded" height={260} />;
}
