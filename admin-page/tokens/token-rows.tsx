import { Box, Stack, Typography } from '@mui/material';
import { useListContext } from 'react-admin';
import type { TokenRecord } from '../data/tokens.ts';
import { RelativeTime } from '../text/relative-time.tsx';
import { describeDevice } from './describe-device.ts';
import { RevokeButton } from './revoke-button.tsx';
import { TokenExpiry } from './token-expiry.tsx';

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
  const { user, client, name, created, lastUsedAt, ipAddress } = token;
  const from = [describeDevice(token), ipAddress].filter(Boolean).join(' · ');
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
        {name !== null && (
          <Typography variant="body2" sx={{ overflowWrap: 'anywhere' }}>
            <bdi>{name}</bdi>
          </Typography>
        )}
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
