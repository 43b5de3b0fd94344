import { Box, Button, Card, Skeleton, Stack, Typography } from '@mui/material';
import type { ReactNode } from 'react';
import { useListContext } from 'react-admin';
import { Failure } from './failure.tsx';

interface ListStateProps {
  /** Shown if there are rows. */
  children: ReactNode;
  /** Shown if nothing exists yet. */
  empty: ReactNode;
  /** Shown if no row matches the filters. */
  noMatch: string;
}

/** A list, or its state: loading, failed, empty or without matches. */
export function ListState({ children, empty, noMatch }: ListStateProps) {
  const { data, error, isPending, filterValues, setFilters, refetch } = useListContext();
  if (error) {
    return <Failure error={error} onRetry={() => void refetch()} />;
  }
  if (isPending || data === undefined) return <LoadingRows />;
  if (data.length > 0) return <Card>{children}</Card>;
  const isFiltered = Object.values(filterValues as Record<string, unknown>).some((value) => value);
  return (
    <Card sx={{ p: { xs: 4, sm: 6 }, textAlign: 'center' }}>
      {isFiltered ? (
        <Stack sx={{ alignItems: 'center', gap: 2 }}>
          <Typography color="textSecondary">{noMatch}</Typography>
          <Button variant="outlined" onClick={() => setFilters({})}>
            Clear filters
          </Button>
        </Stack>
      ) : (
        empty
      )}
    </Card>
  );
}

function LoadingRows() {
  return (
    <Card sx={{ p: 2 }} role="status" aria-label="Loading">
      {[0, 1, 2, 3, 4].map((row) => (
        <Box key={row} sx={{ py: 1 }}>
          <Skeleton height={22} width={`${90 - row * 9}%`} />
        </Box>
      ))}
    </Card>
  );
}
