import { Autocomplete, TextField } from '@mui/material';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useInput } from 'react-admin';
import { trpc } from '../connection.ts';
import type { User } from '../data/tokens.ts';
import { useDebouncedValue } from '../shell/use-debounced-value.ts';
import { uniqueLabelOf } from './user-label.ts';

/** Selects a user by part of the name or by key. The field's value is the user. */
export function UserInput({ source }: { source: string }) {
  const [typed, setTyped] = useState('');
  const search = useDebouncedValue(typed, 250);
  const { id, field, fieldState } = useInput<User | null>({ source, defaultValue: null });
  const { data = [], isFetching } = useQuery({
    queryKey: ['users', search],
    queryFn: () => trpc.admin.users.search.query({ search }),
    placeholderData: keepPreviousData,
  });
  const { error } = fieldState;
  return (
    <Autocomplete<User>
      id={id}
      options={data}
      value={(field.value as User | '') || null} // react-admin represents an empty field by ''
      onChange={(_event, user) => field.onChange(user)}
      onInputChange={(_event, text, reason) => reason === 'input' && setTyped(text)}
      onBlur={field.onBlur}
      getOptionLabel={(user) => uniqueLabelOf(data, user)}
      getOptionKey={(user) => user.id}
      isOptionEqualToValue={(option, value) => option.id === value.id}
      filterOptions={(options) => options}
      loading={isFetching}
      noOptionsText="No users match"
      renderInput={(params) => (
        <TextField
          {...params}
          label="User"
          inputRef={field.ref}
          error={error !== undefined}
          helperText={error?.message ?? 'Enter part of the name, or the key.'}
        />
      )}
    />
  );
}
