import { Alert, Card, Skeleton, Stack } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { trpc } from '../connection.ts';
import { describeError } from '../data/call-error.ts';
import { ViewHeader } from '../shell/view-header.tsx';
import { ClientUsageTable } from './client-usage-table.tsx';
import { UsageOverTime } from './usage-over-time.tsx';
import { UsageTotals } from './usage-totals.tsx';

/** The start page: how much each client is used. */
export function UsagePage() {
  const { data, error } = useQuery({ queryKey: ['usage'], queryFn: () => trpc.admin.usage.clients.query() });
  return (
    <>
      <ViewHeader title="Usage">How many tokens exist, and how many of them were used recently.</ViewHeader>
      {error && <Alert severity="error">{describeError(error)}</Alert>}
      {!error && (
        <Stack sx={{ gap: 2 }}>
          {data === undefined ? <Skeleton variant="rounded" height={92} /> : <UsageTotals usage={data} />}
          <UsageOverTime clients={data?.map(({ client }) => client) ?? []} />
          {data !== undefined && (
            <Card>
              <ClientUsageTable usage={data} />
            </Card>
          )}
        </Stack>
      )}
    </>
  );
}
