import { Button, Card, Typography } from '@mui/material';
import { useState } from 'react';
import { Link, useDelete, useNotify, useRedirect } from 'react-admin';
import type { ClientRecord } from '../data/clients.ts';
import { ConfirmDialog } from '../shell/confirm-dialog.tsx';
import { formatCount } from '../text/format-count.ts';
import { tokenListPath } from '../tokens/token-list-path.ts';

/** Deletes a client, after a dialog that shows how many tokens are deleted with it. */
export function DeleteClient({ client }: { client: ClientRecord }) {
  const [isOpen, setIsOpen] = useState(false);
  const [deleteOne] = useDelete();
  const notify = useNotify();
  const redirect = useRedirect();

  async function deleteClient(): Promise<void> {
    await deleteOne('clients', { id: client.id, previousData: client }, { returnPromise: true });
    notify(`Client ${client.name} deleted.`, { type: 'success' });
    redirect('list', 'clients');
  }
  return (
    <Card sx={{ p: 2 }}>
      <Typography variant="h2">Delete this client</Typography>
      <Typography color="textSecondary" sx={{ mt: 0.5, mb: 2 }}>
        It has <Link to={tokenListPath({ client: client.name })}>{formatCount(client.tokens, 'token')}</Link>
        {client.tokens > 0 ? ', which will be revoked.' : '.'}
      </Typography>
      <Button variant="outlined" color="error" onClick={() => setIsOpen(true)}>
        Delete client…
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title={`Delete ${client.name}?`}
        confirmLabel="Delete client"
        onConfirm={deleteClient}
        onClose={() => setIsOpen(false)}
      >
        {consequenceOf(client.tokens)} This cannot be undone.
      </ConfirmDialog>
    </Card>
  );
}

function consequenceOf(tokens: number): string {
  if (tokens === 0) return 'It has no tokens, so nobody is signed out.';
  const verb = tokens === 1 ? 'is' : 'are';
  return `Its ${formatCount(tokens, 'token')} ${verb} revoked immediately. Users of this client are signed out and cannot sign in to it again.`;
}
