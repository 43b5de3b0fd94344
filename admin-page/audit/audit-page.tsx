import { Button, Card, Skeleton, Stack, Typography } from '@mui/material';
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { trpc } from '../connection.ts';
import { Failure } from '../shell/failure.tsx';
import { ViewHeader } from '../shell/view-header.tsx';
import { AuditEntries } from './audit-entries.tsx';
import { type AuditFilter, AuditFilters, noFilter } from './audit-filters.tsx';

const perPage = 25;

/** Who changed which token or client. */
export function AuditPage() {
  const [filter, setFilter] = useState(noFilter);
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery({
    queryKey: ['audit', filter],
    queryFn: ({ pageParam: cursor }) => trpc.admin.audit.list.query({ ...toInput(filter), cursor, limit: perPage }),
    initialPageParam: null as string | null,
    getNextPageParam: (page) => page?.nextCursor,
    placeholderData: keepPreviousData,
  });
  const entries = data?.pages.flatMap((page) => page?.items ?? []);
  return (
    <>
      <ViewHeader title="Audit">
        Who changed which token or client, the latest change first. The database records each change, also one that
        another program makes.
      </ViewHeader>
      <AuditFilters filter={filter} onChange={setFilter} />
      {error && <Failure error={error} onRetry={() => void refetch()} />}
      {!error && entries === undefined && (
        <Skeleton role="status" aria-label="Loading" variant="rounded" height={320} />
      )}
      {!error && entries?.length === 0 && (
        <NoEntries isFiltered={filter !== noFilter} onClear={() => setFilter(noFilter)} />
      )}
      {!error && entries !== undefined && entries.length > 0 && (
        <Stack sx={{ gap: 2, alignItems: 'flex-start' }}>
          <Card sx={{ width: '100%' }}>
            <AuditEntries entries={entries} />
          </Card>
          {hasNextPage && (
            <Button
              variant="outlined"
              color="inherit"
              onClick={() => void fetchNextPage()}
              loading={isFetchingNextPage}
              loadingPosition="start"
            >
              Show earlier changes
            </Button>
          )}
        </Stack>
      )}
    </>
  );
}

function toInput({ user, client, action }: AuditFilter) {
  return { ...(user !== null && { user: user.id }), ...(client && { client }), ...(action && { action }) };
}

function NoEntries({ isFiltered, onClear }: { isFiltered: boolean; onClear: () => void }) {
  return (
    <Card sx={{ p: { xs: 4, sm: 6 }, textAlign: 'center' }}>
      <Stack sx={{ alignItems: 'center', gap: 2 }}>
        <Typography color="textSecondary">{isFiltered ? 'No changes match.' : 'Nothing has changed yet.'}</Typography>
        {isFiltered && (
          <Button variant="outlined" onClick={onClear}>
            Clear filters
          </Button>
        )}
      </Stack>
    </Card>
  );
}
