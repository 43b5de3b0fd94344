import { Button, Card, Skeleton, Stack, Typography, useMediaQuery } from '@mui/material';
import type { Theme } from '@mui/material/styles';
import { useQuery } from '@tanstack/react-query';
import { useDeferredValue, useMemo, useState } from 'react';
import type { ProcedurePolicy } from '../../src/trpc/policies/policy-of.ts';
import { trpc } from '../connection.ts';
import { keyClients } from '../data/app-rights.ts';
import { Failure } from '../shell/failure.tsx';
import { ViewHeader } from '../shell/view-header.tsx';
import { filterPolicies, noFilter, scopesIn } from './policy-filter.ts';
import { PolicyFilters } from './policy-filters.tsx';
import { PolicyRows } from './policy-rows.tsx';
import { PolicyTable } from './policy-table.tsx';
import { countsInWords } from './policy-words.ts';

/** Who may call each procedure of the app. */
export function PolicyPage() {
  const { data: withKeys = [] } = useQuery(keyClients);
  const { data, error, refetch } = useQuery({ queryKey: ['policies'], queryFn: () => trpc.admin.policy.list.query() });
  return (
    <>
      <ViewHeader title="Policies">
        Who may call each procedure of the app, as its guards say. Further checks are not listed: those of the app's own
        code, that callers of this page's procedures are admins, and who may manage API keys.
        {withKeys.length > 0 &&
          ` API keys (${withKeys.join(', ')}) reach only procedures that ask for scopes, unless their client has full access.`}
      </ViewHeader>
      {error && <Failure error={error} onRetry={() => void refetch()} />}
      {!error && data === undefined && <Skeleton role="status" aria-label="Loading" variant="rounded" height={320} />}
      {!error && data !== undefined && <Policies policies={data ?? []} />}
    </>
  );
}

function Policies({ policies }: { policies: readonly ProcedurePolicy[] }) {
  const [filter, setFilter] = useState(noFilter);
  const applied = useDeferredValue(filter); // a thousand rows take longer than a keystroke
  const shown = useMemo(() => filterPolicies(policies, applied), [policies, applied]);
  const scopes = useMemo(() => scopesIn(policies), [policies]);
  return (
    <>
      <PolicyFilters filter={filter} scopes={scopes} onChange={setFilter} />
      <Typography variant="body2" color="textSecondary" role="status" sx={{ mb: 1.5 }}>
        {countsInWords(shown)}
      </Typography>
      {shown.length === 0 ? (
        <NoMatch onClear={() => setFilter(noFilter)} />
      ) : (
        <Card>
          <PolicyList policies={shown} />
        </Card>
      )}
    </>
  );
}

function PolicyList({ policies }: { policies: readonly ProcedurePolicy[] }) {
  const isNarrow = useMediaQuery((theme: Theme) => theme.breakpoints.down('md'));
  return isNarrow ? <PolicyRows policies={policies} /> : <PolicyTable policies={policies} />;
}

function NoMatch({ onClear }: { onClear: () => void }) {
  return (
    <Card sx={{ p: { xs: 4, sm: 6 }, textAlign: 'center' }}>
      <Stack sx={{ alignItems: 'center', gap: 2 }}>
        <Typography color="textSecondary">No procedures match.</Typography>
        <Button variant="outlined" onClick={onClear}>
          Clear filters
        </Button>
      </Stack>
    </Card>
  );
}
