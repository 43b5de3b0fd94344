import type { AdminTokenView } from '../../src/admin/admin-views.ts';

/** The scopes that a token was issued with: `read, write`, `none`, or `all` of its client's. */
export function scopesInWords(scopes: AdminTokenView['scopes']): string {
  if (scopes === null) return 'all';
  return scopes.length === 0 ? 'none' : scopes.join(', ');
}

/** `API key` or `token`, for the middle of a sentence. */
export function kindOf({ client }: Pick<AdminTokenView, 'client'>, keyClients: readonly string[]): 'API key' | 'token' {
  return keyClients.includes(client) ? 'API key' : 'token';
}

type Replaced = Pick<AdminTokenView, 'replaces' | 'replacedBy' | 'hasExpired'>;

/** Where a key stands in a roll; `null`: in none. The old key works until the first use of the new one. */
export function rollStateOf({ replaces, replacedBy, hasExpired }: Replaced): 'being replaced' | 'not used yet' | null {
  if (hasExpired) return null;
  if (replacedBy !== null) return 'being replaced';
  return replaces === null ? null : 'not used yet';
}
