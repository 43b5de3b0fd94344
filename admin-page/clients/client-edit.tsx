import ArrowBack from '@mui/icons-material/ArrowBack';
import { Alert, Skeleton, Stack } from '@mui/material';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { EditBase, useEditContext, useNotify, useRedirect } from 'react-admin';
import { keyClients } from '../data/app-rights.ts';
import type { ClientRecord } from '../data/clients.ts';
import { config } from '../page-config.ts';
import { Failure, shownInView } from '../shell/failure.tsx';
import { IfMayChange } from '../shell/if-may-change.tsx';
import { LinkButton } from '../shell/link-button.tsx';
import { ViewHeader } from '../shell/view-header.tsx';
import { ClientFacts } from './client-facts.tsx';
import { ClientForm } from './client-form.tsx';
import { DeleteClient } from './delete-client.tsx';

export function ClientEdit() {
  const notify = useNotify();
  const redirect = useRedirect();
  const queryClient = useQueryClient();

  function onSuccess(client: ClientRecord): void {
    queryClient.removeQueries({ queryKey: ['clients', 'getList'] }); // its links lead to the client's name from before
    notify(`Client ${client.name} saved.`, { type: 'success' });
    redirect('list', 'clients');
  }
  return (
    <EditBase mutationMode="pessimistic" mutationOptions={{ onSuccess }} queryOptions={shownInView}>
      <ClientEditor />
    </EditBase>
  );
}

function ClientEditor() {
  const { record, error, isPending, refetch } = useEditContext<ClientRecord>();
  const { data: withKeys = [] } = useQuery(keyClients);
  const back = (
    <LinkButton to="/clients" startIcon={<ArrowBack />}>
      All clients
    </LinkButton>
  );
  if (error) {
    return (
      <>
        <ViewHeader title="Client" actions={back} />
        <Failure error={error} onRetry={() => void refetch()} />
      </>
    );
  }
  if (isPending || record === undefined)
    return <Skeleton role="status" aria-label="Loading" variant="rounded" height={320} sx={{ maxWidth: 560 }} />;
  const hasKeys = withKeys.includes(record.name);
  return (
    <>
      <ViewHeader title={record.name} actions={back}>
        {hasKeys
          ? "Its tokens are API keys. The app's code sets how many a user may have, and may set their lifetimes."
          : "A new token lifetime applies to tokens issued or refreshed from now on, and a lower number of sessions from a user's next login."}
      </ViewHeader>
      <Stack sx={{ maxWidth: 560, gap: 3 }}>
        {record.name === config.client && (
          <Alert severity="info">
            Admins sign in to this page through this client. If you rename or delete it, nobody can sign in here until a
            client with this name exists again.
          </Alert>
        )}
        <IfMayChange otherwise={<ClientFacts client={record} hasKeys={hasKeys} />}>
          <ClientForm submitLabel="Save" hasKeys={hasKeys} />
          <DeleteClient client={record} />
        </IfMayChange>
      </Stack>
    </>
  );
}
