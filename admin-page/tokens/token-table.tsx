import { Box, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { DataTable } from 'react-admin';
import { scopesOf } from '../data/app-rights.ts';
import type { TokenRecord } from '../data/tokens.ts';
import { VisuallyHidden } from '../shell/visually-hidden.tsx';
import { RelativeTime } from '../text/relative-time.tsx';
import { describeDevice } from './describe-device.ts';
import { RevokeButton } from './revoke-button.tsx';
import { TokenBadges } from './token-badges.tsx';
import { TokenExpiry } from './token-expiry.tsx';
import { TokenLink } from './token-link.tsx';
import { scopesInWords } from './token-words.ts';

/** The token list on wide screens. Sortable by the columns that the server sorts by. */
export function TokenTable() {
  const { data: scopes = [] } = useQuery(scopesOf(undefined));
  return (
    <DataTable bulkActionButtons={false} rowClick={false}>
      <DataTable.Col
        label="User"
        disableSort
        render={({ user }: TokenRecord) => (
          <Typography variant="body2" sx={{ fontWeight: 600, minWidth: 88, maxWidth: 200, overflowWrap: 'anywhere' }}>
            <bdi>{user.label}</bdi>
          </Typography>
        )}
      />
      <DataTable.Col label="Client" disableSort render={(token: TokenRecord) => <TokenClient token={token} />} />
      <DataTable.Col label="Token" disableSort render={(token: TokenRecord) => <TokenIdentity token={token} />} />
      {scopes.length > 0 && (
        <DataTable.Col
          label="Scopes"
          disableSort
          render={(token: TokenRecord) => (
            <Box sx={{ minWidth: 100, maxWidth: 180, overflowWrap: 'anywhere' }}>{scopesInWords(token.scopes)}</Box>
          )}
        />
      )}
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
        label={<VisuallyHidden>Actions</VisuallyHidden>}
        disableSort
        align="right"
        render={(token: TokenRecord) => <RevokeButton token={token} />}
      />
    </DataTable>
  );
}

function TokenClient({ token }: { token: TokenRecord }) {
  return (
    <Box sx={{ minWidth: 80, maxWidth: 140, overflowWrap: 'anywhere' }}>
      <bdi>{token.client}</bdi> <TokenBadges token={token} />
    </Box>
  );
}

/** What tells it from the user's other tokens. */
function TokenIdentity({ token }: { token: TokenRecord }) {
  const { name, preview, ipAddress, userAgent } = token;
  const device = describeDevice(token);
  const rest = [name === null && device === '' ? '' : preview, name === null ? '' : device, ipAddress];
  return (
    <Box sx={{ minWidth: 150, maxWidth: 220, overflowWrap: 'anywhere' }} title={userAgent ?? undefined}>
      <TokenLink token={token} />
      <Typography variant="caption" color="textSecondary" sx={{ display: 'block' }}>
        {rest.filter(Boolean).join(' · ')}
      </Typography>
    </Box>
  );
}
