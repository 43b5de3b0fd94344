import { Box, MenuItem, TextField } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { clientNames } from '../data/client-names.ts';
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

interface ChoiceProps {
  label: string;
  /** The option that filters nothing. */
  all: string;
  value: string;
  choices: readonly { readonly id: string; readonly name: string }[];
  onChange: (id: string) => void;
}

function Choice({ label, all, value, choices, onChange }: ChoiceProps) {
  return (
    <TextField
      select
      label={label}
      margin="none"
      value={value}
      onChange={({ target }) => onChange(target.value)}
      slotProps={{ select: { displayEmpty: true }, inputLabel: { shrink: true } }}
    >
      <MenuItem value="">{all}</MenuItem>
      {choices.map(({ id, name }) => (
        <MenuItem key={id} value={id}>
          {name}
        </MenuItem>
      ))}
    </TextField>
  );
}

const toChoice = (name: string) => ({ id: name, name });
