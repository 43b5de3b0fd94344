import ArrowBack from '@mui/icons-material/ArrowBack';
import { CreateBase, useNotify, useRedirect } from 'react-admin';
import type { ClientRecord } from '../data/clients.ts';
import { LinkButton } from '../shell/link-button.tsx';
import { ViewHeader } from '../shell/view-header.tsx';
import { ClientForm } from './client-form.tsx';

export function ClientCreate() {
  const notify = useNotify();
  const redirect = useRedirect();

  function onSuccess(client: ClientRecord): void {
    notify(`Client ${client.name} created.`, { type: 'success' });
    redirect('list', 'clients');
  }
  return (
    <CreateBase mutationOptions={{ onSuccess }}>
      <ViewHeader
        title="New client"
        actions={
          <LinkButton to="/clients" startIcon={<ArrowBack />}>
            All clients
          </LinkButton>
        }
      >
        A program that calls the API. Users get a token of their own for each client that they sign in to.
      </ViewHeader>
      <ClientForm isNew save="Create client" />
    </CreateBase>
  );
}
