import { Alert, Box, Button, Card, Skeleton, Stack, Typography } from '@mui/material';
import type { ReactNode } from 'react';
import { useListContext } from 'react-admin';
import { describeError } from '../data/call-error.ts';

interface ListStateProps {
  /** The rows, where there are some. */
  children: ReactNode;
  /** Where there is nothing at all yet. */
  empty: ReactNode;
  /** Where nothing matches what is searched for. */
  noMatch: string;
}

/** A list, or what is to be said in its place: that it loads, failed, is empty, or that nothing matches. */
export function ListState({ children, empty, noMatch }: ListStateProps) {
  const { data, error, isPending, filterValues, setFilters, refetch } = useListContext();
  if (error) {
    const again = (
      <Button color="inherit" size="small" onClick={() => void refetch()}>
        Try again
      </Button>
    );
    return (
      <Alert severity="error" action={again}>
        {describeError(error)}
      </Alert>
    );
  }
  if (isPending || data === undefined) return <LoadingRows />;
  if (data.length > 0) return <Card>{children}</Card>;
  const isNarrowed = Object.values(filterValues as Record<string, unknown>).some((value) => value);
  return (
    <Card sx={{ p: { xs: 4, sm: 6 }, textAlign: 'center' }}>
      {isNarrowed ? (
        <Stack sx={{ alignItems: 'center', gap: 2 }}>
          <Typography color="textSecondary">{noMatch}</Typography>
          <Button variant="outlined" onClick={() => setFilters({})}>
            Show all
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
    <Card sx={{ p: 2 }} aria-busy="true" aria-label="Loading">
      {[0, 1, 2, 3, 4].map((row) => (
        <Box key={row} sx={{ py: 1 }}>
          <Skeleton height={22} width={`${90 - row * 9}%`} />
        </Box>
      ))}
    </Card>
  );
}
