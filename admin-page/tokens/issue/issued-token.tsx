import { Alert, Box, Card, Stack, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import type { inferRouterOutputs } from '@trpc/server';
import { useEffect, useRef } from 'react';
import type { AdminPageRouter } from '../../../src/admin/page/page-router.ts';
import { keyClients } from '../../data/app-rights.ts';
import { config } from '../../page-config.ts';
import { CopyField } from '../../shell/copy-field.tsx';
import { formatCount } from '../../text/format-count.ts';
import { RelativeTime } from '../../text/relative-time.tsx';
import { kindOf, scopesInWords } from '../token-words.ts';
import { curlCommand } from './curl-command.ts';

export type Issued = inferRouterOutputs<AdminPageRouter>['admin']['tokens']['issue'];

/** A new token or API key. The page never shows it again. */
export function IssuedToken({ issued: { token, session, ended } }: { issued: Issued }) {
  const { data: withKeys = [] } = useQuery(keyClients);
  const isKey = kindOf(session, withKeys) === 'API key';
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
          . {session.scopes !== null && `Its scopes: ${scopesInWords(session.scopes)}. `}
          {session.replaces !== null && 'The old key works until this one is used, and for the overlap after that. '}
          {ended > 0 && `${formatCount(ended, isKey ? 'key' : 'session')} of the user ended for it. `}
          Copy it now: it will not be shown again.
        </Alert>
        {isKey ? <KeyFields token={token} /> : <TokenFields token={token} user={session.user.label} />}
      </Stack>
    </Card>
  );
}

function TokenFields({ token, user }: { token: string; user: string }) {
  const url = new URL('api/auth.sessions.list', document.baseURI).href;
  return (
    <>
      <CopyField label="Token" action="Copy token" text={token} />
      <Box>
        <CopyField label="Test command" action="Copy command" text={curlCommand(url, config.authHeaderPrefix, token)} />
        <Typography variant="body2" color="textSecondary" sx={{ mt: 0.5 }}>
          Lists the sessions of {user}. Send the same header with every call to the API.
        </Typography>
      </Box>
    </>
  );
}

/** A key may not list sessions, so it has no test command. */
function KeyFields({ token }: { token: string }) {
  return (
    <>
      <CopyField label="API key" action="Copy key" text={token} />
      <CopyField
        label="Header of every call"
        action="Copy header"
        text={`Authorization: ${config.authHeaderPrefix} ${token}`}
      />
    </>
  );
}
