import { Box, Stack, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { useListContext } from 'react-admin';
import { scopesOf } from '../data/app-rights.ts';
import type { TokenRecord } from '../data/tokens.ts';
import { RelativeTime } from '../text/relative-time.tsx';
import { describeDevice } from './describe-device.ts';
import { RevokeButton } from './revoke-button.tsx';
import { TokenBadges } from './token-badges.tsx';
import { TokenExpiry } from './token-expiry.tsx';
import { TokenLink } from './token-link.tsx';
import { scopesInWords } from './token-words.ts';

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
  const { user, client, name, preview, created, lastUsedAt, ipAddress } = token;
  const { data: scopes = [] } = useQuery(scopesOf(undefined));
  const device = describeDevice(token);
  const from = [preview, name === null ? '' : device, ipAddress].filter(Boolean).join(' · ');
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
          </Typography>{' '}
          <TokenBadges token={token} />
        </Typography>
        <Typography variant="body2" component="div">
          <TokenLink token={token} />
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
        {scopes.length > 0 && (
          <Typography variant="body2" color="textSecondary" sx={{ overflowWrap: 'anywhere' }}>
            scopes: {scopesInWords(token.scopes)}
          </Typography>
        )}
        <Typography variant="body2" color="textSecondary" noWrap>
          {from}
        </Typography>
      </Box>
      <RevokeButton token={token} />
    </Stack>
  );
}
