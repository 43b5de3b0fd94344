import { Alert, FormControlLabel, Radio, RadioGroup, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useDelete, useNotify, useRefresh } from 'react-admin';
import { trpc } from '../connection.ts';
import { whoami } from '../data/admin-role.ts';
import { keyClients } from '../data/app-rights.ts';
import type { TokenRecord } from '../data/tokens.ts';
import { ConfirmDialog } from '../shell/confirm-dialog.tsx';
import { formatCount } from '../text/format-count.ts';
import { kindOf } from './token-words.ts';

type Scope = 'this' | 'all';

const countLimit = 100;

interface RevokeDialogProps {
  token: TokenRecord;
  /** Called instead of loading the view again. */
  onRevoked?: (() => void) | undefined;
  onClose: () => void;
}

/** Revokes a token, or all tokens of its user, after confirmation. */
export function RevokeDialog({ token, onRevoked, onClose }: RevokeDialogProps) {
  const [scope, setScope] = useState<Scope>('this');
  const [deleteOne] = useDelete();
  const notify = useNotify();
  const refresh = useRefresh();
  const { data: withKeys = [] } = useQuery(keyClients);
  const { user, client } = token;
  const kind = kindOf(token, withKeys);

  async function revoke(): Promise<void> {
    if (scope === 'this') {
      await deleteOne('tokens', { id: token.id, previousData: token }, { returnPromise: true });
      notify(`The ${kind} of ${user.label} on ${client} was revoked.`, { type: 'success' });
    } else {
      const { revoked } = await trpc.admin.tokens.revokeAllOf.mutate({ user: user.id });
      notify(`${formatCount(revoked, 'token')} of ${user.label} revoked.`, { type: 'success' });
    }
    if (onRevoked === undefined) refresh();
    else onRevoked();
  }
  return (
    <ConfirmDialog
      isOpen
      title={`Revoke the ${kind} of ${user.label}?`}
      confirmLabel="Revoke"
      onConfirm={revoke}
      onClose={onClose}
    >
      <Typography>
        {kind === 'token'
          ? `The token stops working immediately, and ${user.label} has to sign in again.`
          : 'The key stops working immediately: programs that use it are refused.'}{' '}
        This cannot be undone.
      </Typography>
      <ScopeChoice token={token} kind={kind} scope={scope} onChange={setScope} />
      <OwnTokenWarning token={token} scope={scope} />
    </ConfirmDialog>
  );
}

interface ScopeProps {
  token: TokenRecord;
  scope: Scope;
}

interface ScopeChoiceProps extends ScopeProps {
  kind: ReturnType<typeof kindOf>;
  onChange: (scope: Scope) => void;
}

function ScopeChoice({ token: { user, client, name }, kind, scope, onChange }: ScopeChoiceProps) {
  const { data } = useQuery({
    queryKey: ['tokens-of', user.id],
    queryFn: () => trpc.admin.tokens.list.query({ user: user.id, limit: countLimit }),
  });
  const count = data?.items.length;
  const named = name === null ? kind : `${kind}, ${name}`;
  return (
    <RadioGroup
      aria-label="What to revoke"
      value={scope}
      onChange={(_event, value) => onChange(value as Scope)}
      sx={{ mt: 1.5, color: 'text.primary' }}
    >
      <FormControlLabel value="this" control={<Radio size="small" />} label={`Only this ${named}, on ${client}`} />
      <FormControlLabel
        value="all"
        control={<Radio size="small" />}
        label={allTokensLabel(user.label, count)}
        disabled={count === 1}
      />
    </RadioGroup>
  );
}

function allTokensLabel(user: string, count: number | undefined): string {
  if (count === undefined) return `All tokens of ${user}`;
  if (count === countLimit) return `All tokens of ${user} (${count} or more)`;
  return count === 1 ? `All tokens of ${user} (only this one)` : `All ${count} tokens of ${user}`;
}

/** Warns admins who are about to revoke their own session. */
function OwnTokenWarning({ token, scope }: ScopeProps) {
  const { data: me } = useQuery(whoami);
  const isOwn = me?.tokenId === token.id || (scope === 'all' && me?.id === token.user.id);
  if (!isOwn) return null;
  return (
    <Alert severity="warning" sx={{ mt: 2 }}>
      This also signs you out of this page.
    </Alert>
  );
}
