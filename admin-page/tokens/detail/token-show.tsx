import ArrowBack from '@mui/icons-material/ArrowBack';
import { Skeleton, Stack } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { ShowBase, useRedirect, useShowContext } from 'react-admin';
import { keyClients } from '../../data/app-rights.ts';
import type { TokenRecord } from '../../data/tokens.ts';
import { Failure, shownInView } from '../../shell/failure.tsx';
import { IfMayChange } from '../../shell/if-may-change.tsx';
import { LinkButton } from '../../shell/link-button.tsx';
import { ViewHeader } from '../../shell/view-header.tsx';
import { type Issued, IssuedToken } from '../issue/issued-token.tsx';
import { RenameButton } from '../keys/rename-button.tsx';
import { RollButton } from '../keys/roll-button.tsx';
import { RevokeButton, RevokeDialogProvider } from '../revoke-button.tsx';
import { kindOf } from '../token-words.ts';
import { TokenDetails } from './token-details.tsx';

/** A token, and what an admin does with it. */
export function TokenShow() {
  return (
    <ShowBase queryOptions={shownInView}>
      <TokenView />
    </ShowBase>
  );
}

const back = (
  <LinkButton to="/tokens" startIcon={<ArrowBack />}>
    All tokens
  </LinkButton>
);

function TokenView() {
  const { record, error, isPending, refetch } = useShowContext<TokenRecord>();
  if (error) {
    return (
      <>
        <ViewHeader title="Token" actions={back} />
        <Failure error={error} onRetry={() => void refetch()} />
      </>
    );
  }
  if (isPending || record === undefined)
    return <Skeleton role="status" aria-label="Loading" variant="rounded" height={320} sx={{ maxWidth: 680 }} />;
  return <ShownToken key={record.id} token={record} onChanged={() => void refetch()} />;
}

function ShownToken({ token, onChanged }: { token: TokenRecord; onChanged: () => void }) {
  const { data: withKeys = [] } = useQuery(keyClients);
  const [rolled, setRolled] = useState<Issued | null>(null);
  const redirect = useRedirect();
  const kind = kindOf(token, withKeys);
  const isValidKey = kind === 'API key' && !token.hasExpired;

  function showRolled(issued: Issued): void {
    setRolled(issued);
    onChanged();
  }
  return (
    <RevokeDialogProvider onRevoked={() => redirect('list', 'tokens')}>
      <ViewHeader title={token.name ?? `The ${kind} of ${token.user.label}`} actions={back} />
      <Stack sx={{ gap: 2, maxWidth: 680, alignItems: 'flex-start' }}>
        {rolled !== null && <IssuedToken key={rolled.session.id} issued={rolled} />}
        <TokenDetails token={token} />
        <IfMayChange>
          <Stack direction="row" sx={{ gap: 1, alignItems: 'center' }}>
            {isValidKey && <RollButton token={token} onRolled={showRolled} />}
            {isValidKey && <RenameButton token={token} onRenamed={onChanged} />}
            <RevokeButton token={token} isOutlined />
          </Stack>
        </IfMayChange>
      </Stack>
    </RevokeDialogProvider>
  );
}
