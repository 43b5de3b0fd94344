import { Link } from 'react-admin';
import type { TokenRecord } from '../data/tokens.ts';
import { describeDevice } from './describe-device.ts';

/** Links to the view of a token. Its text is the token's name, or else its device, or else its preview. */
export function TokenLink({ token }: { token: TokenRecord }) {
  const { id, name, preview } = token;
  return (
    <Link to={tokenPath(id)} sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>
      <bdi>{name ?? (describeDevice(token) || preview)}</bdi>
    </Link>
  );
}

/** The path of the view of a token. */
export function tokenPath(id: string): string {
  return `/tokens/${id}/show`;
}
