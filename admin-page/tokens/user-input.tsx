import { Autocomplete, TextField } from '@mui/material';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { useInput } from 'react-admin';
import { trpc } from '../connection.ts';
import type { User } from '../data/tokens.ts';
import { useDebouncedValue } from '../shell/debounced-value.ts';
import { nameAmong } from './user-name.ts';

/** A user, found by typing a part of the name, or the key. The field's value is the user. */
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
      value={(field.value as User | '') || null} // what is empty is an empty text to react-admin
      onChange={(_event, user) => field.onChange(user)}
      onInputChange={(_event, text, reason) => reason === 'input' && setTyped(text)}
      onBlur={field.onBlur}
      getOptionLabel={(user) => nameAmong(data, user)}
      getOptionKey={(user) => user.id}
      isOptionEqualToValue={(option, value) => option.id === value.id}
      filterOptions={(options) => options}
      loading={isFetching}
      noOptionsText="No user has a name like that"
      renderInput={(params) => (
        <TextField
          {...params}
          label="User"
          inputRef={field.ref}
          error={error !== undefined}
          helperText={error?.message ?? 'Type a part of the name, or the key.'}
        />
      )}
    />
  );
}
