import ArrowBack from '@mui/icons-material/ArrowBack';
import { Card } from '@mui/material';
import { CreateBase, SaveButton, SimpleForm, Toolbar, useNotify, useRedirect } from 'react-admin';
import type { ClientRecord } from '../data/clients.ts';
import { LinkButton } from '../shell/link-button.tsx';
import { ViewHeader } from '../shell/view-header.tsx';
import { ClientFields } from './client-fields.tsx';

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
      <Card sx={{ maxWidth: 560 }}>
        <SimpleForm toolbar={<CreateToolbar />}>
          <ClientFields isNew />
        </SimpleForm>
      </Card>
    </CreateBase>
  );
}

function CreateToolbar() {
  return (
    <Toolbar>
      <SaveButton label="Create client" alwaysEnable />
    </Toolbar>
  );
}
