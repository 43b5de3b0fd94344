import { Alert, Box, Card, Stack, Typography } from '@mui/material';
import type { inferRouterOutputs } from '@trpc/server';
import { useEffect, useRef } from 'react';
import type { AdminPageRouter } from '../../src/admin/page/page-router.ts';
import { config } from '../page-config.ts';
import { CopyField } from '../shell/copy-field.tsx';
import { When } from '../text/when.tsx';
import { curlCommand } from './curl-command.ts';

export type Issued = inferRouterOutputs<AdminPageRouter>['admin']['tokens']['issue'];

/** A new token, which is shown this once. */
export function IssuedToken({ issued: { token, session } }: { issued: Issued }) {
  const url = new URL('api/auth.sessions.list', document.baseURI).href;
  const told = useRef<HTMLDivElement>(null);
  useEffect(() => told.current?.focus(), []); // the form that had the focus is gone
  return (
    <Card sx={{ p: 2, width: '100%' }}>
      <Stack sx={{ gap: 2 }}>
        <Alert severity="success" variant="outlined" role="status" ref={told} tabIndex={-1}>
          Issued to <b>{session.user.label}</b> for <b>{session.client}</b>,{' '}
          {session.expiry === null ? (
            'and never expires'
          ) : (
            <>
              expires <When date={session.expiry} />
            </>
          )}
          . Copy it now: it is not shown again.
        </Alert>
        <CopyField label="Token" text={token} />
        <Box>
          <CopyField label="Try it" text={curlCommand(url, config.authHeaderPrefix, token)} />
          <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5 }}>
            This lists the sessions of {session.user.label}. The header is the same for every call of the API.
          </Typography>
        </Box>
      </Stack>
    </Card>
  );
}
