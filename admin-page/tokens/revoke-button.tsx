import { Alert, Button, FormControlLabel, Radio, RadioGroup, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useDataProvider, useNotify, useRefresh } from 'react-admin';
import { trpc } from '../connection.ts';
import { toHttpError } from '../data/call-error.ts';
import type { TokenRecord } from '../data/tokens.ts';
import { ConfirmDialog } from '../shell/confirm-dialog.tsx';

type Scope = 'this' | 'all';

const countLimit = 100;

/** Ends a token, or all tokens of its user, after it has said what that does. */
export function RevokeButton({ token }: { token: TokenRecord }) {
  const [isOpen, setIsOpen] = useState(false);
  const [scope, setScope] = useState<Scope>('this');
  const dataProvider = useDataProvider();
  const notify = useNotify();
  const refresh = useRefresh();
  const { user, client } = token;

  async function revoke(): Promise<void> {
    if (scope === 'this') {
      await dataProvider.delete('tokens', { id: token.id });
      notify(`The token of ${user.label} on ${client} was revoked.`, { type: 'success' });
    } else {
      const { revoked } = await trpc.admin.tokens.revokeAllOf.mutate({ user: user.id }).catch((error: unknown) => {
        throw toHttpError(error);
      });
      notify(`${countOf(revoked)} of ${user.label} revoked.`, { type: 'success' });
    }
    refresh();
  }

  function open(): void {
    setScope('this');
    setIsOpen(true);
  }
  return (
    <>
      <Button size="small" color="error" onClick={open} aria-label={`Revoke the token of ${user.label} on ${client}`}>
        Revoke…
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title={`Revoke the token of ${user.label}?`}
        confirm="Revoke"
        onConfirm={revoke}
        onClose={() => setIsOpen(false)}
      >
        <Typography>
          The next call that is made with it is refused: {user.label} has to sign in again. This cannot be undone.
        </Typography>
        <ScopeChoice token={token} scope={scope} onChange={setScope} />
        <OwnTokenNote token={token} scope={scope} />
      </ConfirmDialog>
    </>
  );
}

interface ScopeProps {
  token: TokenRecord;
  scope: Scope;
}

function ScopeChoice({ token, scope, onChange }: ScopeProps & { onChange: (scope: Scope) => void }) {
  const { data } = useQuery({
    queryKey: ['tokens-of', token.user.id],
    queryFn: () => trpc.admin.tokens.list.query({ user: token.user.id, limit: countLimit }),
    staleTime: 0,
  });
  const count = data?.items.length;
  const all =
    count === undefined ? 'All tokens' : count === countLimit ? `All tokens, ${count} or more,` : `All ${count} tokens`;
  return (
    <RadioGroup
      aria-label="What to revoke"
      value={scope}
      onChange={(_event, value) => onChange(value as Scope)}
      sx={{ mt: 1.5, color: 'text.primary' }}
    >
      <FormControlLabel value="this" control={<Radio size="small" />} label={`Only this one, on ${token.client}`} />
      <FormControlLabel
        value="all"
        control={<Radio size="small" />}
        label={`${count === 1 ? 'All tokens, which is only this one,' : all} of ${token.user.label}`}
        disabled={count === 1}
      />
    </RadioGroup>
  );
}

/** Whoever ends their own session should know. */
function OwnTokenNote({ token, scope }: ScopeProps) {
  const { data: me } = useQuery({ queryKey: ['whoami'], queryFn: () => trpc.admin.whoami.query() });
  const isOwn = me?.tokenId === token.id || (scope === 'all' && me?.id === token.user.id);
  if (!isOwn) return null;
  return (
    <Alert severity="warning" sx={{ mt: 2 }}>
      That ends your own session on this page too.
    </Alert>
  );
}

function countOf(tokens: number): string {
  return `${tokens.toLocaleString('en')} ${tokens === 1 ? 'token' : 'tokens'}`;
}
