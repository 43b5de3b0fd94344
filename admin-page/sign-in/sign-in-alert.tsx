import { Alert } from '@mui/material';
import { describeError, errorDataOf } from '../data/call-error.ts';
import { config } from '../page-config.ts';
import { VisuallyHidden } from '../shell/visually-hidden.tsx';
import { retryHint } from '../text/retry-hint.ts';
import { NotAdminError } from './auth-provider.ts';
import { useRetryCountdown } from './use-retry-countdown.ts';

/** Why signing in failed. If there were too many attempts, it counts down, for the eye only. */
export function SignInAlert({ error }: { error: unknown }) {
  const secondsLeft = useRetryCountdown(error);
  if (secondsLeft === undefined) return <Alert severity="error">{describeSignInError(error)}</Alert>;
  const spokenSeconds = secondsLeft === 0 ? 0 : errorDataOf(error)?.durin?.retryAfter;
  return (
    <Alert severity="error">
      <span aria-hidden="true">{throttled(secondsLeft)}</span>
      <VisuallyHidden>{throttled(spokenSeconds)}</VisuallyHidden>
    </Alert>
  );
}

function throttled(seconds: number | undefined): string {
  return `Too many attempts. ${retryHint(seconds)}`;
}

function describeSignInError(error: unknown): string {
  if (error instanceof NotAdminError) return error.message;
  const code = errorDataOf(error)?.durin?.code;
  if (code === 'INVALID_CREDENTIALS') return 'These details do not match an account. Check them and try again.';
  if (code === 'UNKNOWN_CLIENT' || code === 'NO_CLIENT') {
    return `Admins sign in through the client "${config.client ?? ''}", which does not exist. Create it in the app or on the command line.`;
  }
  return describeError(error);
}
