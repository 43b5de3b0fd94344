import { Alert, Card, Skeleton, Stack } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { trpc } from '../connection.ts';
import { Failure } from '../shell/failure.tsx';
import { ViewHeader } from '../shell/view-header.tsx';
import { parts, summaryOf } from './health-words.ts';
import { PartRow } from './part-row.tsx';

/** How often the view asks again, in milliseconds. */
const everyMs = 5000;

/** What durin depends on, and whether it works. */
export function HealthPage() {
  const { data, error, refetch } = useQuery({
    queryKey: ['health'],
    queryFn: () => trpc.admin.health.query(),
    refetchInterval: everyMs,
  });
  return (
    <>
      <ViewHeader title="Health">
        What sign-in depends on, as seen by the server process that answers this page.
      </ViewHeader>
      {error && <Failure error={error} onRetry={() => void refetch()} />}
      {!error && data === undefined && <Skeleton role="status" aria-label="Loading" variant="rounded" height={320} />}
      {!error && data !== undefined && (
        <Stack sx={{ gap: 2 }}>
          <Alert severity={data.isHealthy && !data.isDegraded ? 'success' : 'error'} role="status">
            {summaryOf(data)}
          </Alert>
          <Card>
            <Stack component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
              {parts.map((part) => (
                <PartRow key={part.name} part={part} view={data[part.name]} />
              ))}
            </Stack>
          </Card>
        </Stack>
      )}
    </>
  );
}
