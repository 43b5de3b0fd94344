import { Box, Card, Typography } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Link } from 'react-admin';
import { scopesOf } from '../../data/app-rights.ts';
import type { TokenRecord } from '../../data/tokens.ts';
import { RelativeTime } from '../../text/relative-time.tsx';
import { describeDevice } from '../describe-device.ts';
import { TokenBadges } from '../token-badges.tsx';
import { TokenExpiry } from '../token-expiry.tsx';
import { tokenPath } from '../token-link.tsx';
import { scopesInWords } from '../token-words.ts';

/** All that is known of a token. */
export function TokenDetails({ token }: { token: TokenRecord }) {
  const { user, client, preview, created, lastUsedAt, ipAddress, userAgent, replaces, replacedBy } = token;
  const { data: scopes = [] } = useQuery(scopesOf(undefined));
  const from = [describeDevice(token), ipAddress].filter(Boolean).join(' · ');
  return (
    <Card sx={{ p: 2, width: '100%' }}>
      <Box
        component="dl"
        sx={{
          m: 0,
          display: 'grid',
          gridTemplateColumns: { xs: 'minmax(0, 1fr)', sm: '9rem minmax(0, 1fr)' },
          columnGap: 2,
          rowGap: { xs: 0.25, sm: 1.25 },
        }}
      >
        <Detail term="User">
          <bdi>{user.label}</bdi>
        </Detail>
        <Detail term="Client">
          <bdi>{client}</bdi> <TokenBadges token={token} />
        </Detail>
        <Detail term="Preview">
          <Box component="span" sx={{ fontFamily: 'ui-monospace, Consolas, monospace' }}>
            {preview}
          </Box>
        </Detail>
        {scopes.length > 0 && (
          <Detail term="Scopes">
            {token.scopes === null ? 'all that its client and its user have' : scopesInWords(token.scopes)}
          </Detail>
        )}
        <Detail term="Created">
          <RelativeTime date={created} />
        </Detail>
        <Detail term="Expires">
          <TokenExpiry token={token} />
        </Detail>
        <Detail term="Last used">{lastUsedAt === null ? 'never' : <RelativeTime date={lastUsedAt} />}</Detail>
        {from !== '' && <Detail term={lastUsedAt === null ? 'Created from' : 'Last used from'}>{from}</Detail>}
        {userAgent !== null && <Detail term="User agent">{userAgent}</Detail>}
        {replacedBy !== null && (
          <Detail term="Replaced by">
            <Link to={tokenPath(replacedBy)}>a key that was not used yet</Link>
          </Detail>
        )}
        {replaces !== null && (
          <Detail term="Replaces">
            <Link to={tokenPath(replaces)}>a key, from its own first use on</Link>
          </Detail>
        )}
      </Box>
    </Card>
  );
}

function Detail({ term, children }: { term: string; children: ReactNode }) {
  return (
    <>
      <Typography component="dt" variant="body2" color="textSecondary">
        {term}
      </Typography>
      <Typography component="dd" variant="body2" sx={{ m: 0, mb: { xs: 1, sm: 0 }, overflowWrap: 'anywhere' }}>
        {children}
      </Typography>
    </>
  );
}
