import ArrowBack from '@mui/icons-material/ArrowBack';
import { Button, Stack } from '@mui/material';
import { useState } from 'react';
import { IfMayChange, readOnlyNotice } from '../../shell/if-may-change.tsx';
import { LinkButton } from '../../shell/link-button.tsx';
import { ViewHeader } from '../../shell/view-header.tsx';
import { IssueForm } from './issue-form.tsx';
import { type Issued, IssuedToken } from './issued-token.tsx';

export function IssueToken() {
  const [issued, setIssued] = useState<Issued | null>(null);
  return (
    <>
      <ViewHeader
        title="Issue a token"
        actions={
          <LinkButton to="/tokens" startIcon={<ArrowBack />}>
            All tokens
          </LinkButton>
        }
      >
        {issued === null
          ? 'For a program that cannot sign in by itself. If the user has as many sessions as the client allows, you are asked before one of them ends.'
          : undefined}
      </ViewHeader>
      {issued === null ? (
        <IfMayChange otherwise={readOnlyNotice}>
          <IssueForm onIssued={setIssued} />
        </IfMayChange>
      ) : (
        <Stack sx={{ gap: 2, maxWidth: 680, alignItems: 'flex-start' }}>
          <IssuedToken issued={issued} />
          <Button variant="outlined" color="inherit" onClick={() => setIssued(null)}>
            Issue another
          </Button>
        </Stack>
      )}
    </>
  );
}
