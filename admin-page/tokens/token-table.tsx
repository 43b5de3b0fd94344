import { Typography } from '@mui/material';
import { DataTable } from 'react-admin';
import type { TokenRecord } from '../data/tokens.ts';
import { VisuallyHidden } from '../shell/visually-hidden.tsx';
import { RelativeTime } from '../text/relative-time.tsx';
import { RevokeButton } from './revoke-button.tsx';
import { TokenExpiry } from './token-expiry.tsx';
import { describeUserAgent } from './user-agent.ts';

/** The token list on wide screens. Sortable by the columns that the server sorts by. */
export function TokenTable() {
  return (
    <DataTable bulkActionButtons={false} rowClick={false}>
      <DataTable.Col
        label="User"
        disableSort
        render={({ user }: TokenRecord) => (
          <Typography component="span" variant="body2" sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>
            <bdi>{user.label}</bdi>
          </Typography>
        )}
      />
      <DataTable.Col
        label="Client"
        disableSort
        render={({ client }: TokenRecord) => <bdi style={{ overflowWrap: 'anywhere' }}>{client}</bdi>}
      />
      <DataTable.Col source="expiry" label="Expires" render={(token: TokenRecord) => <TokenExpiry token={token} />} />
      <DataTable.Col
        source="created"
        label="Created"
        render={({ created }: TokenRecord) => <RelativeTime date={created} />}
      />
      <DataTable.Col
        source="lastUsedAt"
        label="Last used"
        render={({ lastUsedAt }: TokenRecord) => (lastUsedAt === null ? 'never' : <RelativeTime date={lastUsedAt} />)}
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
              {describeUserAgent(userAgent)}
            </Typography>
          </>
        )}
      />
      <DataTable.Col
        label={<VisuallyHidden>Actions</VisuallyHidden>}
        disableSort
        align="right"
        render={(token: TokenRecord) => <RevokeButton token={token} />}
      />
    </DataTable>
  );
}
