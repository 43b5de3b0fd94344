import type { TokenFilter } from '../data/tokens.ts';

/** The path of the token list with these filters. */
export function tokenListPath(filter: TokenFilter): string {
  return `/tokens?filter=${encodeURIComponent(JSON.stringify(filter))}`;
}
