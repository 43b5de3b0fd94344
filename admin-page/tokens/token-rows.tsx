import { Box, Stack, Typography } from '@mui/material';
import { useListContext } from 'react-admin';
import type { TokenRecord } from '../data/tokens.ts';
import { RelativeTime } from '../text/relative-time.tsx';
import { RevokeButton } from './revoke-button.tsx';
import { TokenExpiry } from './token-expiry.tsx';
import { describeUserAgent } from './user-agent.ts';

/** The token list on narrow screens. */
export function TokenRows() {
  const { data = [] } = useListContext<TokenRecord>();
  return (
    <Stack component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {data.map((token) => (
        <TokenRow key={token.id} token={token} />
      ))}
    </Stack>
  );
}

function TokenRow({ token }: { token: TokenRecord }) {
  const { user, client, created, lastUsedAt, ipAddress, userAgent } = token;
  const from = [ipAddress, describeUserAgent(userAgent)].filter(Boolean).join(' · ');
  return (
    <Stack
      component="li"
      direction="row"
      sx={{ pl: 2, pr: 1, py: 1.5, borderBottom: 1, borderColor: 'divider', gap: 1, alignItems: 'flex-start' }}
    >
      <Box sx={{ flex: 1, minWidth: 0 }}>
        <Typography sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>
          <bdi>{user.label}</bdi>
          <Typography component="span" color="textSecondary">
            {' '}
            on <bdi>{client}</bdi>
          </Typography>
        </Typography>
        <Typography variant="body2" color="textSecondary" component="div">
          {token.expiry === null ? (
            'never expires'
          ) : (
            <>
              {!token.hasExpired && 'expires '}
              <TokenExpiry token={token} />
            </>
          )}
        </Typography>
        <Typography variant="body2" color="textSecondary">
          created <RelativeTime date={created} />,{' '}
          {lastUsedAt === null ? (
            'never used'
          ) : (
            <>
              used <RelativeTime date={lastUsedAt} />
            </>
          )}
        </Typography>
        {from !== '' && (
          <Typography variant="body2" color="textSecondary" noWrap>
            {from}
          </Typography>
        )}
      </Box>
      <RevokeButton token={token} />
    </Stack>
  );
}
