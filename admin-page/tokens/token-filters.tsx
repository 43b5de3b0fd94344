import { Box } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { FilterLiveForm, SearchInput, SelectInput } from 'react-admin';
import { clientNames } from '../data/client-names.ts';
import { toChoice } from '../data/to-choice.ts';

const states = [
  { id: 'valid', name: 'Valid' },
  { id: 'expired', name: 'Expired' },
];

/** The filters above the token list. */
export function TokenFilters() {
  const { data: names = [] } = useQuery(clientNames);
  const clients = names.map(toChoice);
  return (
    <Box
      sx={{
        mb: 1.5,
        '& form': {
          display: 'grid',
          gap: 1.5,
          alignItems: 'end',
          gridTemplateColumns: { xs: 'minmax(0, 1fr) minmax(0, 1fr)', md: '320px 200px 160px' },
          '& > :first-of-type': { gridColumn: { xs: '1 / -1', md: 'auto' } },
        },
      }}
    >
      <FilterLiveForm>
        <SearchInput source="search" placeholder="Search by user" aria-label="Search by user" helperText={false} />
        <SelectInput source="client" label="Client" choices={clients} emptyText="All clients" helperText={false} />
        <SelectInput source="state" label="State" choices={states} emptyText="Valid and expired" helperText={false} />
      </FilterLiveForm>
    </Box>
  );
}
