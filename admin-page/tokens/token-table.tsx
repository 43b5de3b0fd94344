import { Box, Typography } from '@mui/material';
import { DataTable } from 'react-admin';
import type { TokenRecord } from '../data/tokens.ts';
import { VisuallyHidden } from '../shell/visually-hidden.tsx';
import { RelativeTime } from '../text/relative-time.tsx';
import { describeDevice } from './describe-device.ts';
import { RevokeButton } from './revoke-button.tsx';
import { TokenExpiry } from './token-expiry.tsx';

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
      <DataTable.Col label="Device" disableSort render={(token: TokenRecord) => <TokenDevice token={token} />} />
      <DataTable.Col
        label={<VisuallyHidden>Actions</VisuallyHidden>}
        disableSort
        align="right"
        render={(token: TokenRecord) => <RevokeButton token={token} />}
      />
    </DataTable>
  );
}

/** Its name, or else its device. Below it, the rest of what is known. */
function TokenDevice({ token }: { token: TokenRecord }) {
  const { name, ipAddress, userAgent } = token;
  const [first = '–', ...rest] = [name, describeDevice(token), ipAddress].filter(Boolean);
  return (
    <Box sx={{ maxWidth: 200, overflowWrap: 'anywhere' }} title={userAgent ?? undefined}>
      <bdi>{first}</bdi>
      <Typography variant="caption" color="textSecondary" sx={{ display: 'block' }}>
        {rest.join(' · ')}
      </Typography>
    </Box>
  );
}
