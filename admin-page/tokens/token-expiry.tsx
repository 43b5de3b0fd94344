import { Chip } from '@mui/material';
import type { TokenRecord } from '../data/tokens.ts';
import { RelativeTime } from '../text/relative-time.tsx';

/** When a token expires, under a heading that says `Expires`. */
export function TokenExpiry({ token: { expiry, hasExpired } }: { token: TokenRecord }) {
  if (expiry === null) return 'never';
  if (!hasExpired) return <RelativeTime date={expiry} />;
  return (
    <>
      <Chip label="expired" size="small" variant="outlined" sx={{ mr: 1 }} />
      <RelativeTime date={expiry} />
    </>
  );
}
