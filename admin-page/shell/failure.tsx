import { Alert, Button } from '@mui/material';
import { describeError } from '../data/call-error.ts';

interface FailureProps {
  error: unknown;
  onRetry: () => void;
}

/** What could not be loaded, and why, with a button to try again. */
export function Failure({ error, onRetry }: FailureProps) {
  const retryButton = (
    <Button color="inherit" size="small" onClick={onRetry} sx={{ whiteSpace: 'nowrap' }}>
      Try again
    </Button>
  );
  return (
    <Alert severity="error" action={retryButton}>
      {describeError(error)}
    </Alert>
  );
}

/** For react-admin's queries: the view shows the error, so there is no notification of it as well. */
export const shownInView = { onError: () => undefined };
