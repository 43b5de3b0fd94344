import { Alert, Box, Card, Stack, Typography } from '@mui/material';
import type { inferRouterOutputs } from '@trpc/server';
import { useEffect, useRef } from 'react';
import type { AdminPageRouter } from '../../../src/admin/page/page-router.ts';
import { config } from '../../page-config.ts';
import { CopyField } from '../../shell/copy-field.tsx';
import { formatCount } from '../../text/format-count.ts';
import { RelativeTime } from '../../text/relative-time.tsx';
import { curlCommand } from './curl-command.ts';

export type Issued = inferRouterOutputs<AdminPageRouter>['admin']['tokens']['issue'];

/** A new token. The page never shows it again. */
export function IssuedToken({ issued: { token, session, ended } }: { issued: Issued }) {
  const url = new URL('api/auth.sessions.list', document.baseURI).href;
  const message = useRef<HTMLDivElement>(null);
  useEffect(() => message.current?.focus(), []); // the form with the focus was removed
  return (
    <Card sx={{ p: 2, width: '100%' }}>
      <Stack sx={{ gap: 2 }}>
        <Alert severity="success" variant="outlined" role="status" ref={message} tabIndex={-1} sx={{ outline: 'none' }}>
          Issued to{' '}
          <bdi>
            <b>{session.user.label}</b>
          </bdi>{' '}
          for <b>{session.client}</b>. It{' '}
          {session.expiry === null ? (
            'never expires'
          ) : (
            <>
              expires <RelativeTime date={session.expiry} />
            </>
          )}
          . {ended > 0 && `${formatCount(ended, 'session')} of the user ended for it. `}
          Copy it now: it will not be shown again.
        </Alert>
        <CopyField label="Token" action="Copy token" text={token} />
        <Box>
          <CopyField
            label="Test command"
            action="Copy command"
            text={curlCommand(url, config.authHeaderPrefix, token)}
          />
          <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5 }}>
            Lists the sessions of {session.user.label}. Send the same header with every call to the API.
          </Typography>
        </Box>
      </Stack>
    </Card>
  );
}
