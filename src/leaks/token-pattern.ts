import type { TokenFormat } from '../tokens/token-codec.ts';

/**
 * Matches a token within a text, and no part of a longer word. Its source is also valid in RE2 and Hyperscan, which the
 * secret scanners use: neither knows lookarounds.
 */
export function createTokenPattern({
  tokenPrefix,
  tokenLength,
}: Pick<TokenFormat, 'tokenPrefix' | 'tokenLength'>): RegExp {
  const start = tokenPrefix.startsWith('-') ? String.raw`\B` : String.raw`\b`; // a hyphen is no character of a word
  return new RegExp(`${start}${tokenPrefix}[0-9a-f]{${tokenLength}}\\b`);
}
