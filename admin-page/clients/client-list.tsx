import Add from '@mui/icons-material/Add';
import { Box, Stack, Typography, useMediaQuery } from '@mui/material';
import type { Theme } from '@mui/material/styles';
import { useQuery } from '@tanstack/react-query';
import {
  DataTable,
  FilterLiveForm,
  Link,
  ListBase,
  Pagination,
  SearchInput,
  useCreatePath,
  useListContext,
} from 'react-admin';
import { keyClients } from '../data/app-rights.ts';
import type { ClientRecord } from '../data/clients.ts';
import { shownInView } from '../shell/failure.tsx';
import { IfMayChange } from '../shell/if-may-change.tsx';
import { LinkButton } from '../shell/link-button.tsx';
import { ListState } from '../shell/list-state.tsx';
import { ViewHeader } from '../shell/view-header.tsx';
import { formatCount } from '../text/format-count.ts';
import { lifetimeInWords } from '../text/lifetime.ts';
import { RelativeTime } from '../text/relative-time.tsx';
import { limitsInWords, rateInWords, sessionsInWords } from './client-words.ts';

export function ClientList() {
  return (
    <ListBase sort={{ field: 'name', order: 'ASC' }} perPage={25} queryOptions={shownInView}>
      <ViewHeader
        title="Clients"
        actions={
          <IfMayChange>
            <LinkButton to="/clients/create" color="primary" variant="contained" startIcon={<Add />}>
              New client
            </LinkButton>
          </IfMayChange>
        }
      >
        The programs that call the API, each with its own token lifetime and request rate.
      </ViewHeader>
      <Box sx={{ maxWidth: { md: 320 }, mb: 1.5 }}>
        <FilterLiveForm>
          <SearchInput source="search" placeholder="Search by name" aria-label="Search by name" helperText={false} />
        </FilterLiveForm>
      </Box>
      <ListState empty={<NoClients />} noMatch="No clients match your search.">
        <Clients />
        <Pagination rowsPerPageOptions={[10, 25, 50, 100]} />
      </ListState>
    </ListBase>
  );
}

function NoClients() {
  return (
    <Stack sx={{ alignItems: 'center', gap: 2 }}>
      <Typography variant="h2">No clients yet</Typography>
      <Typography color="textSecondary" sx={{ maxWidth: '44ch' }}>
        A client is a program that calls the API, such as a web page or a command-line tool. Users sign in through a
        client.
      </Typography>
      <IfMayChange>
        <LinkButton to="/clients/create" color="primary" variant="contained" startIcon={<Add />}>
          New client
        </LinkButton>
      </IfMayChange>
    </Stack>
  );
}

function Clients() {
  const isNarrow = useMediaQuery((theme: Theme) => theme.breakpoints.down('md'));
  return isNarrow ? <ClientRows /> : <ClientTable />;
}

function ClientTable() {
  const { data: withKeys = [] } = useQuery(keyClients);
  return (
    <DataTable bulkActionButtons={false} rowClick={false}>
      <DataTable.Col source="name" label="Name" render={(client: ClientRecord) => <ClientLink client={client} />} />
      <DataTable.Col
        label="Sessions per user"
        disableSort
        render={(client: ClientRecord) => (withKeys.includes(client.name) ? 'API keys' : sessionsInWords(client))}
      />
      <DataTable.Col
        source="tokenTtl"
        label="Token lifetime"
        render={(client: ClientRecord) => (
          <>
            {lifetimeInWords(client.tokenTtl)}
            <Typography variant="caption" color="textSecondary" sx={{ display: 'block' }}>
              {limitsInWords(client)}
            </Typography>
          </>
        )}
      />
      <DataTable.Col
        label="Request rate"
        disableSort
        render={(client: ClientRecord) => rateInWords(client.throttleRate)}
      />
      <DataTable.NumberCol source="tokens" label="Tokens" />
      <DataTable.Col
        source="created"
        label="Created"
        render={(client: ClientRecord) => <RelativeTime date={client.created} />}
      />
    </DataTable>
  );
}

/** The list on narrow screens. */
function ClientRows() {
  const { data = [] } = useListContext<ClientRecord>();
  const { data: withKeys = [] } = useQuery(keyClients);
  return (
    <Stack component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {data.map((client) => (
        <Stack
          key={client.id}
          component="li"
          sx={{ px: 2, py: 1.5, borderBottom: 1, borderColor: 'divider', gap: 0.25 }}
        >
          <ClientLink client={client} />
          <Typography variant="body2" color="textSecondary">
            {lifetimeInWords(client.tokenTtl)} · {rateInWords(client.throttleRate)}
          </Typography>
          <Typography variant="body2" color="textSecondary">
            {[
              withKeys.includes(client.name) ? 'API keys' : `sessions per user: ${sessionsInWords(client)}`,
              limitsInWords(client),
            ]
              .filter(Boolean)
              .join(' · ')}
          </Typography>
          <Typography variant="body2" color="textSecondary">
            {formatCount(client.tokens, 'token')} · created <RelativeTime date={client.created} />
          </Typography>
        </Stack>
      ))}
    </Stack>
  );
}

function ClientLink({ client }: { client: ClientRecord }) {
  const createPath = useCreatePath();
  return (
    <Link
      to={createPath({ resource: 'clients', type: 'edit', id: client.id })}
      sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}
    >
      <bdi>{client.name}</bdi>
    </Link>
  );
}
