import { Alert, FormControlLabel, Radio, RadioGroup, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useDelete, useNotify, useRefresh } from 'react-admin';
import { trpc } from '../connection.ts';
import type { TokenRecord } from '../data/tokens.ts';
import { ConfirmDialog } from '../shell/confirm-dialog.tsx';
import { formatCount } from '../text/format-count.ts';

type Scope = 'this' | 'all';

const countLimit = 100;

interface RevokeDialogProps {
  token: TokenRecord;
  onClose: () => void;
}

/** Revokes a token, or all tokens of its user, after confirmation. */
export function RevokeDialog({ token, onClose }: RevokeDialogProps) {
  const [scope, setScope] = useState<Scope>('this');
  const [deleteOne] = useDelete();
  const notify = useNotify();
  const refresh = useRefresh();
  const { user, client } = token;

  async function revoke(): Promise<void> {
    if (scope === 'this') {
      await deleteOne('tokens', { id: token.id, previousData: token }, { returnPromise: true });
      notify(`The token of ${user.label} on ${client} was revoked.`, { type: 'success' });
    } else {
      const { revoked } = await trpc.admin.tokens.revokeAllOf.mutate({ user: user.id });
      notify(`${formatCount(revoked, 'token')} of ${user.label} revoked.`, { type: 'success' });
    }
    refresh();
  }
  return (
    <ConfirmDialog
      isOpen
      title={`Revoke the token of ${user.label}?`}
      confirmLabel="Revoke"
      onConfirm={revoke}
      onClose={onClose}
    >
      <Typography>
        The token stops working immediately, and {user.label} has to sign in again. This cannot be undone.
      </Typography>
      <ScopeChoice token={token} scope={scope} onChange={setScope} />
      <OwnTokenWarning token={token} scope={scope} />
    </ConfirmDialog>
  );
}

interface ScopeProps {
  token: TokenRecord;
  scope: Scope;
}

function ScopeChoice({ token: { user, client }, scope, onChange }: ScopeProps & { onChange: (scope: Scope) => void }) {
  const { data } = useQuery({
    queryKey: ['tokens-of', user.id],
    queryFn: () => trpc.admin.tokens.list.query({ user: user.id, limit: countLimit }),
  });
  const count = data?.items.length;
  return (
    <RadioGroup
      aria-label="What to revoke"
      value={scope}
      onChange={(_event, value) => onChange(value as Scope)}
      sx={{ mt: 1.5, color: 'text.primary' }}
    >
      <FormControlLabel value="this" control={<Radio size="small" />} label={`Only this token, on ${client}`} />
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
  const { data: me } = useQuery({ queryKey: ['whoami'], queryFn: () => trpc.admin.whoami.query() });
  const isOwn = me?.tokenId === token.id || (scope === 'all' && me?.id === token.user.id);
  if (!isOwn) return null;
  return (
    <Alert severity="warning" sx={{ mt: 2 }}>
      This also signs you out of this page.
    </Alert>
  );
}
