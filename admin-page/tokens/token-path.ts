import type { TokenFilter } from '../data/tokens.ts';

/** The way to the list of tokens, narrowed. */
export function tokensOf(filter: TokenFilter): string {
  return `/tokens?filter=${encodeURIComponent(JSON.stringify(filter))}`;
}
