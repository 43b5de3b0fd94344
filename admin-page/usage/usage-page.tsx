import { Card, Skeleton, Stack } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { trpc } from '../connection.ts';
import { config } from '../page-config.ts';
import { Failure } from '../shell/failure.tsx';
import { ViewHeader } from '../shell/view-header.tsx';
import { Calls } from './calls.tsx';
import { ClientUsageTable } from './client-usage-table.tsx';
import { UsageOverTime } from './usage-over-time.tsx';
import { UsageTotals } from './usage-totals.tsx';

/** The start page: how much each client is used. */
export function UsagePage() {
  const { data, error, refetch } = useQuery({ queryKey: ['usage'], queryFn: () => trpc.admin.usage.clients.query() });
  return (
    <>
      <ViewHeader title="Usage">How many tokens exist, and how many of them were used recently.</ViewHeader>
      {error && <Failure error={error} onRetry={() => void refetch()} />}
      {!error && (
        <Stack sx={{ gap: 2 }}>
          {data === undefined ? (
            <Skeleton role="status" aria-label="Loading" variant="rounded" height={92} />
          ) : (
            <UsageTotals usage={data} />
          )}
          <UsageOverTime clients={data?.map(({ client }) => client) ?? []} />
          {config.hasCalls && <Calls clients={data?.map(({ client }) => client) ?? []} />}
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
