import { Chip } from '@mui/material';
import type { TokenRecord } from '../data/tokens.ts';
import { When } from '../text/when.tsx';

/** Whether a token is good, and until when. */
export function TokenState({ token: { expiry, hasExpired } }: { token: TokenRecord }) {
  if (expiry === null) return 'never expires';
  if (!hasExpired) return <When date={expiry} />;
  return (
    <>
      <Chip label="expired" size="small" variant="outlined" sx={{ mr: 1 }} />
      <When date={expiry} />
    </>
  );
}
