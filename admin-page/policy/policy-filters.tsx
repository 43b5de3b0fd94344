import { Box, TextField } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { clientNames } from '../data/client-names.ts';
import { toChoice } from '../data/to-choice.ts';
import { Choice } from '../shell/choice.tsx';
import type { PolicyFilter } from './policy-filter.ts';
import { guardChoices } from './policy-words.ts';

interface PolicyFiltersProps {
  filter: PolicyFilter;
  /** The scopes that procedures ask for. */
  scopes: readonly string[];
  onChange: (filter: PolicyFilter) => void;
}

export function PolicyFilters({ filter, scopes, onChange }: PolicyFiltersProps) {
  const { data: clients = [] } = useQuery(clientNames);
  return (
    <Box
      sx={{
        mb: 1.5,
        display: 'grid',
        gap: 1.5,
        gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: 'repeat(2, minmax(0, 1fr))', md: '280px 220px 180px 180px' },
      }}
    >
      <TextField
        label="Search by path"
        type="search"
        margin="none"
        value={filter.search}
        onChange={({ target }) => onChange({ ...filter, search: target.value })}
      />
      <Choice
        label="Guard"
        all="All guards"
        value={filter.guard}
        choices={guardChoices}
        onChange={(guard) => onChange({ ...filter, guard: guard as PolicyFilter['guard'] })}
      />
      <Choice
        label="Client"
        all="Any client"
        value={filter.client}
        choices={clients.map(toChoice)}
        onChange={(client) => onChange({ ...filter, client })}
      />
      {scopes.length > 0 && (
        <Choice
          label="Scope"
          all="Any scope"
          value={filter.scope}
          choices={scopes.map(toChoice)}
          onChange={(scope) => onChange({ ...filter, scope })}
        />
      )}
    </Box>
  );
}
