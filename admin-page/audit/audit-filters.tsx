import { Autocomplete, Box, TextField } from '@mui/material';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { AuditAction } from '../../src/database/records/audit-actions.ts';
import { trpc } from '../connection.ts';
import { clientNames } from '../data/client-names.ts';
import { toChoice } from '../data/to-choice.ts';
import type { User } from '../data/tokens.ts';
import { Choice } from '../shell/choice.tsx';
import { useDebouncedValue } from '../shell/use-debounced-value.ts';
import { uniqueLabelOf } from '../tokens/user-label.ts';
import { actionChoices } from './audit-words.ts';

export interface AuditFilter {
  readonly user: User | null;
  /** `''`: all. The same for `action`. */
  readonly client: string;
  readonly action: AuditAction | '';
}

export const noFilter: AuditFilter = { user: null, client: '', action: '' };

interface AuditFiltersProps {
  filter: AuditFilter;
  onChange: (filter: AuditFilter) => void;
}

export function AuditFilters({ filter, onChange }: AuditFiltersProps) {
  const { data: clients = [] } = useQuery(clientNames);
  return (
    <Box
      sx={{
        mb: 1.5,
        display: 'grid',
        gap: 1.5,
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(2, minmax(0, 1fr))', md: '280px 200px 200px' },
      }}
    >
      <UserFilter user={filter.user} onChange={(user) => onChange({ ...filter, user })} />
      <Choice
        label="Client"
        all="All clients"
        value={filter.client}
        choices={clients.map(toChoice)}
        onChange={(client) => onChange({ ...filter, client })}
      />
      <Choice
        label="Action"
        all="All actions"
        value={filter.action}
        choices={actionChoices}
        onChange={(action) => onChange({ ...filter, action: action as AuditFilter['action'] })}
      />
    </Box>
  );
}

/** Selects the owner of the tokens, by part of the name or by key. */
function UserFilter({ user, onChange }: { user: User | null; onChange: (user: User | null) => void }) {
  const [typed, setTyped] = useState('');
  const search = useDebouncedValue(typed, 250);
  const { data = [], isFetching } = useQuery({
    queryKey: ['users', search],
    queryFn: () => trpc.admin.users.search.query({ search }),
    placeholderData: keepPreviousData,
  });
  return (
    <Autocomplete<User>
      options={data}
      value={user}
      onChange={(_event, chosen) => onChange(chosen)}
      onInputChange={(_event, text, reason) => reason === 'input' && setTyped(text)}
      getOptionLabel={(option) => uniqueLabelOf(data, option)}
      getOptionKey={(option) => option.id}
      isOptionEqualToValue={(option, value) => option.id === value.id}
      filterOptions={(options) => options}
      loading={isFetching}
      noOptionsText="No users match"
      renderInput={(params) => <TextField {...params} label="User" margin="none" />}
    />
  );
}
