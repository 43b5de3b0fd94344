import ArrowBack from '@mui/icons-material/ArrowBack';
import { CreateBase, useNotify, useRedirect } from 'react-admin';
import type { ClientRecord } from '../data/clients.ts';
import { IfMayChange, readOnlyNotice } from '../shell/if-may-change.tsx';
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
        A client is a program that calls the API. Each user has sessions of their own with each client.
      </ViewHeader>
      <IfMayChange otherwise={readOnlyNotice}>
        <ClientForm isNew submitLabel="Create client" />
      </IfMayChange>
    </CreateBase>
  );
}
