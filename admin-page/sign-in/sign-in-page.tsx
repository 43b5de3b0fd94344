import { Alert, Box, Button, Card, Stack, Typography } from '@mui/material';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { useLogin } from 'react-admin';
import type { SignedOutReason } from '../../client/session/session.ts';
import { auth } from '../connection.ts';
import { dataOf, describeError, fieldErrorsOf } from '../data/call-error.ts';
import { config } from '../page-config.ts';
import { Mark } from '../shell/mark.tsx';
import { NotAdminError } from './auth-provider.ts';
import { SignInField } from './sign-in-field.tsx';

const farewells: Partial<Record<SignedOutReason, string>> = {
  expired: 'Your session has expired. Sign in again to go on.',
  revoked: 'Your session was ended, here or elsewhere. Sign in again to go on.',
};

/** The app's own login, as a form: its fields are those of the app's `loginInput`. */
export function SignInPage() {
  const login = useLogin();
  const [fault, setFault] = useState<string | null>(null);
  const [fieldFaults, setFieldFaults] = useState<Readonly<Record<string, string>>>({});
  const [isBusy, setIsBusy] = useState(false);
  const alert = useRef<HTMLDivElement>(null);
  const farewell = useFarewell();

  useEffect(() => {
    document.title = `Sign in – ${config.title}`;
  }, []);

  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const values = readValues(new FormData(event.currentTarget));
    setIsBusy(true);
    setFault(null);
    setFieldFaults({});
    try {
      await login(values);
    } catch (error) {
      setFieldFaults(fieldErrorsOf(error) ?? {});
      setFault(faultOf(error));
      alert.current?.focus();
    } finally {
      setIsBusy(false);
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
            <Mark size={44} />
            <Typography variant="h1">{config.title}</Typography>
          </Stack>
          <div ref={alert} tabIndex={-1} role="alert">
            {fault !== null && <Alert severity="error">{fault}</Alert>}
            {fault === null && farewell !== null && <Alert severity="info">{farewell}</Alert>}
          </div>
          {config.loginFields.map((field, index) => (
            <SignInField key={field.name} field={field} fault={fieldFaults[field.name]} isFirst={index === 0} />
          ))}
          <Button type="submit" variant="contained" size="large" loading={isBusy} fullWidth>
            Sign in
          </Button>
        </Stack>
      </Card>
    </Box>
  );
}

/** Why the stay before this one ended, as far as it was not by the person at the page. */
function useFarewell(): string | null {
  const [snapshot] = useState(() => auth.getSnapshot());
  return snapshot.status === 'signed-out' && snapshot.reason ? (farewells[snapshot.reason] ?? null) : null;
}

/** What is left empty is not sent, so that the app's defaults count. */
function readValues(data: FormData): Record<string, unknown> {
  const entries = config.loginFields.map(({ name, kind }) => {
    const text = data.get(name);
    if (kind === 'checkbox') return [name, text !== null];
    if (kind === 'number' && text) return [name, Number(text)];
    return [name, text === '' ? undefined : text];
  });
  return Object.fromEntries(entries) as Record<string, unknown>;
}

function faultOf(error: unknown): string {
  if (error instanceof NotAdminError) return error.message;
  const code = dataOf(error)?.durin?.code;
  if (code === 'INVALID_CREDENTIALS') return 'That did not match an account. Check what you typed and try again.';
  if (code === 'UNKNOWN_CLIENT' || code === 'NO_CLIENT') {
    return `The client "${config.client ?? ''}", which this page signs in to, does not exist yet. It is created on the command line, or by the app.`;
  }
  return describeError(error);
}
