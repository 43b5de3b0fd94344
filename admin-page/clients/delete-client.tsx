import { Button, Card, Typography } from '@mui/material';
import { useState } from 'react';
import { Link, useDelete, useNotify, useRedirect } from 'react-admin';
import type { ClientRecord } from '../data/clients.ts';
import { ConfirmDialog } from '../shell/confirm-dialog.tsx';
import { countOf } from '../text/count.ts';
import { tokensOf } from '../tokens/token-path.ts';

/** The end of a client, with the number of tokens that go with it. */
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
        It has <Link to={tokensOf({ client: client.name })}>{countOf(client.tokens, 'token')}</Link>, which would end
        with it.
      </Typography>
      <Button variant="outlined" color="error" onClick={() => setIsOpen(true)}>
        Delete client…
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title={`Delete ${client.name}?`}
        confirm="Delete client"
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
  const [end, them] = tokens === 1 ? ['ends', 'it'] : ['end', 'them'];
  return `Its ${countOf(tokens, 'token')} ${end} at once: whoever uses ${them} is signed out, and cannot sign in to this client again.`;
}
