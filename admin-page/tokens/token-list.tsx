import Add from '@mui/icons-material/Add';
import { Alert, Stack, Typography, useMediaQuery } from '@mui/material';
import type { Theme } from '@mui/material/styles';
import { ListBase, Pagination, useListContext } from 'react-admin';
import { shownInView } from '../shell/failure.tsx';
import { IfMayChange } from '../shell/if-may-change.tsx';
import { LinkButton } from '../shell/link-button.tsx';
import { ListState } from '../shell/list-state.tsx';
import { ViewHeader } from '../shell/view-header.tsx';
import { PurgeExpired } from './purge-expired.tsx';
import { RevokeDialogProvider } from './revoke-button.tsx';
import { TokenFilters } from './token-filters.tsx';
import { TokenRows } from './token-rows.tsx';
import { TokenTable } from './token-table.tsx';

export function TokenList() {
  return (
    <ListBase sort={{ field: 'created', order: 'DESC' }} perPage={25} queryOptions={shownInView}>
      <ViewHeader
        title="Tokens"
        actions={
          <IfMayChange>
            <PurgeExpired />
            <LinkButton to="/tokens/create" color="primary" variant="contained" startIcon={<Add />}>
              Issue a token
            </LinkButton>
          </IfMayChange>
        }
      >
        Who is signed in, and through which client. The tokens themselves are never shown.
      </ViewHeader>
      <TokenFilters />
      <SearchCutNotice />
      <RevokeDialogProvider>
        <ListState empty={<NoTokens />} noMatch="No tokens match.">
          <Tokens />
          <Pagination rowsPerPageOptions={[10, 25, 50, 100]} />
        </ListState>
      </RevokeDialogProvider>
    </ListBase>
  );
}

function Tokens() {
  const isNarrow = useMediaQuery((theme: Theme) => theme.breakpoints.down('md'));
  return isNarrow ? <TokenRows /> : <TokenTable />;
}

function NoTokens() {
  return (
    <Stack sx={{ alignItems: 'center', gap: 2 }}>
      <Typography variant="h2">No tokens yet</Typography>
      <Typography color="textSecondary" sx={{ maxWidth: '44ch' }}>
        Tokens appear here when users sign in, or when you issue one.
      </Typography>
      <IfMayChange>
        <LinkButton to="/tokens/create" color="primary" variant="contained" startIcon={<Add />}>
          Issue a token
        </LinkButton>
      </IfMayChange>
    </Stack>
  );
}

/** Shown if the search matches more users than the server looks up. */
function SearchCutNotice() {
  const { meta } = useListContext();
  const { isSearchCut } = (meta ?? {}) as { isSearchCut?: boolean };
  if (!isSearchCut) return null;
  return (
    <Alert severity="info" sx={{ mb: 1.5 }}>
      The search matches too many users to list all their tokens. Enter a longer part of the name.
    </Alert>
  );
}
