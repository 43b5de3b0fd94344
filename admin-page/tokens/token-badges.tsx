import { Chip, Stack } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { keyClients } from '../data/app-rights.ts';
import type { TokenRecord } from '../data/tokens.ts';
import { kindOf, rollStateOf } from './token-words.ts';

const explanations = {
  'being replaced': 'It works until the key that replaces it is used, and for the overlap after that.',
  'not used yet': 'The key that it replaces works until this one is used, and for the overlap after that.',
};

/** What distinguishes a token from a session: that it is an API key, and one that is being replaced. */
export function TokenBadges({ token }: { token: TokenRecord }) {
  const { data = [] } = useQuery(keyClients);
  if (kindOf(token, data) === 'token') return null;
  const state = rollStateOf(token);
  return (
    <Stack component="span" direction="row" sx={{ display: 'inline-flex', flexWrap: 'wrap', gap: 0.5 }}>
      <Chip component="span" label="API key" size="small" variant="outlined" color="primary" />
      {state !== null && (
        <Chip component="span" label={state} size="small" variant="outlined" title={explanations[state]} />
      )}
    </Stack>
  );
}
