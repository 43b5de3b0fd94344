import { Typography } from '@mui/material';
import { DataTable } from 'react-admin';
import type { TokenRecord } from '../data/tokens.ts';
import { HiddenText } from '../shell/hidden-text.tsx';
import { When } from '../text/when.tsx';
import { programOf } from './program.ts';
import { RevokeButton } from './revoke-button.tsx';
import { TokenState } from './token-state.tsx';

/** Tokens, one a row. Sorted by what the router has an index for. */
export function TokenTable() {
  return (
    <DataTable bulkActionButtons={false} rowClick={false}>
      <DataTable.Col
        label="User"
        disableSort
        render={({ user }: TokenRecord) => (
          <Typography component="span" variant="body2" sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>
            {user.label}
          </Typography>
        )}
      />
      <DataTable.Col label="Client" disableSort render={({ client }: TokenRecord) => client} />
      <DataTable.Col source="expiry" label="Expires" render={(token: TokenRecord) => <TokenState token={token} />} />
      <DataTable.Col source="created" label="Created" render={({ created }: TokenRecord) => <When date={created} />} />
      <DataTable.Col
        source="lastUsedAt"
        label="Last used"
        render={({ lastUsedAt }: TokenRecord) => (lastUsedAt === null ? 'not yet' : <When date={lastUsedAt} />)}
      />
      <DataTable.Col
        label="From"
        disableSort
        render={({ ipAddress, userAgent }: TokenRecord) => (
          <>
            {ipAddress ?? '–'}
            <Typography
              variant="caption"
              color="textSecondary"
              title={userAgent ?? undefined}
              sx={{ display: 'block', maxWidth: 200 }}
              noWrap
            >
              {programOf(userAgent)}
            </Typography>
          </>
        )}
      />
      <DataTable.Col
        label={<HiddenText>Actions</HiddenText>}
        disableSort
        align="right"
        render={(token: TokenRecord) => <RevokeButton token={token} />}
      />
    </DataTable>
  );
}
