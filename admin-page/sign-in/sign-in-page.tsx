import { Alert, Box, Button, Card, Stack, Typography } from '@mui/material';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useLogin } from 'react-admin';
import type { SignedOutReason } from '../../client/session/session.ts';
import { auth } from '../connection.ts';
import { fieldErrorsOf } from '../data/call-error.ts';
import { Logo } from '../look/logo.tsx';
import { config } from '../page-config.ts';
import { SignInAlert } from './sign-in-alert.tsx';
import { SignInField } from './sign-in-field.tsx';

const signedOutNotices: Partial<Record<SignedOutReason, string>> = {
  expired: 'Your session has expired. Sign in again to continue.',
  revoked: 'Your session was ended. Sign in again to continue.',
};

/** A form for the app's own login. Its fields are those of the app's `loginInput`. */
export function SignInPage() {
  const login = useLogin();
  const [error, setError] = useState<unknown>(null);
  const [fieldErrors, setFieldErrors] = useState<Readonly<Record<string, string>>>({});
  const [isPending, setIsPending] = useState(false);
  const alert = useRef<HTMLDivElement>(null);
  const notice = useSignedOutNotice();

  useEffect(() => {
    document.title = `Sign in – ${config.title}`;
  }, []);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const values = readValues(new FormData(event.currentTarget));
    setIsPending(true);
    setError(null);
    setFieldErrors({});
    try {
      await login(values);
    } catch (cause) {
      setFieldErrors(fieldErrorsOf(cause) ?? {});
      setError(cause);
      alert.current?.focus();
    } finally {
      setIsPending(false);
    }
  }

  return (
    <Box
      component="main"
      sx={{ minHeight: '100dvh', display: 'grid', placeItems: 'center', bgcolor: 'background.default', p: 2 }}
    >
      <Card sx={{ width: '100%', maxWidth: 380, p: { xs: 3, sm: 4 } }}>
        <Stack component="form" onSubmit={(event) => void submit(event)} noValidate spacing={2}>
          <Stack spacing={1.5} sx={{ alignItems: 'center', pb: 1 }}>
            <Logo size={44} />
            <Typography variant="h1">{config.title}</Typography>
          </Stack>
          <Box ref={alert} tabIndex={-1} role="alert" sx={{ outline: 'none' /* focused by the page, not a control */ }}>
            {error !== null && <SignInAlert error={error} />}
            {error === null && notice !== null && <Alert severity="info">{notice}</Alert>}
          </Box>
          {config.loginFields.map((field, index) => (
            <SignInField key={field.name} field={field} error={fieldErrors[field.name]} isFirst={index === 0} />
          ))}
          <Button type="submit" variant="contained" size="large" loading={isPending} fullWidth>
            Sign in
          </Button>
        </Stack>
      </Card>
    </Box>
  );
}

/** Why the previous session ended, unless the admin signed out. */
function useSignedOutNotice(): string | null {
  const [snapshot] = useState(() => auth.getSnapshot());
  return snapshot.status === 'signed-out' && snapshot.reason ? (signedOutNotices[snapshot.reason] ?? null) : null;
}

/** Empty fields are omitted, so that the app's defaults apply. */
function readValues(data: FormData): Record<string, unknown> {
  const entries = config.loginFields.map(({ name, kind }) => {
    const text = data.get(name);
    if (kind === 'checkbox') return [name, text !== null];
    if (kind === 'number' && text) return [name, Number(text)];
    return [name, text === '' ? undefined : text];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}
