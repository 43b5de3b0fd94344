import { Box, Card, MenuItem, Skeleton, Stack, TextField, Typography } from '@mui/material';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { trpc } from '../connection.ts';
import { Failure } from '../shell/failure.tsx';
import { ActiveUsers } from './active-users.tsx';

/** Loaded with the chart library, like the chart of tokens. */
const CallsChart = lazy(async () => ({ default: (await import('./calls-chart.tsx')).CallsChart }));

const periods = [7, 30, 90] as const;

/** Calls per day, of all clients or of one, and the most active users. */
export function Calls({ clients }: { clients: readonly string[] }) {
  const [client, setClient] = useState('');
  const [days, setDays] = useState(30);
  const input = { days, ...(client && { client }) };
  const { data, error, refetch } = useQuery({
    queryKey: ['usage', 'calls', client, days],
    queryFn: () => trpc.admin.usage.calls.query(input),
    placeholderData: keepPreviousData,
  });
  return (
    <Card component="section" sx={{ p: 2 }} aria-labelledby="calls">
      <Stack
        direction="row"
        sx={{ flexWrap: 'wrap', gap: 2, alignItems: 'flex-start', justifyContent: 'space-between', mb: 1 }}
      >
        <Box sx={{ flex: '1 1 16rem' }}>
          <Typography variant="h2" id="calls">
            Calls by day
          </Typography>
          <Typography variant="body2" color="textSecondary">
            Calls that the app's guards let in, per day in UTC.
          </Typography>
        </Box>
        <Stack direction="row" sx={{ gap: 1.5, flexShrink: 0 }}>
          <TextField
            select
            label="Client of the calls"
            value={client}
            onChange={({ target }) => setClient(target.value)}
            margin="none"
            sx={{ minWidth: 150 }}
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
            label="Days"
            value={days}
            onChange={({ target }) => setDays(Number(target.value))}
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
          {data === undefined ? <ChartPlaceholder /> : <CallsChart days={data ?? []} />}
        </Suspense>
      )}
      <ActiveUsers client={client} days={days} />
    </Card>
  );
}

function ChartPlaceholder() {
  return <Skeleton role="status" aria-label="Loading" variant="rounded" height={220} />;
}
