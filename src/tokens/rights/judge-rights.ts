import type { ScopedSession, SessionScopes } from './scopes.ts';

/** What a guard demands of the session that calls. */
export interface Demands {
  readonly isAllowed: (clientName: string) => boolean;
  /** The scopes that are all needed. */
  readonly scopes: readonly string[];
  /** The scopes of which one is needed. Empty: none is. */
  readonly anyScope: readonly string[];
}

/** Whether a session may call. `missing` are the scopes of which it needs more. */
export type RightsJudgement =
  | { readonly verdict: 'allowed' }
  | { readonly verdict: 'client-not-allowed' }
  | { readonly verdict: 'insufficient-scope'; readonly missing: readonly string[] };

const allowed: RightsJudgement = { verdict: 'allowed' };

/**
 * Judges whether a session may call what a guard protects.
 * @param heldBy returns the scopes of the session. It is not called for a guard that demands none
 */
export function judgeRights(
  session: ScopedSession,
  { isAllowed, scopes, anyScope }: Demands,
  heldBy: SessionScopes['heldBy'],
): RightsJudgement {
  if (!isAllowed(session.client.name)) return { verdict: 'client-not-allowed' };
  if (scopes.length === 0 && anyScope.length === 0) return allowed;
  const held = heldBy(session);
  const missing = scopes.filter((scope) => !held.includes(scope));
  if (missing.length > 0) return { verdict: 'insufficient-scope', missing };
  const hasOne = anyScope.length === 0 || anyScope.some((scope) => held.includes(scope));
  return hasOne ? allowed : { verdict: 'insufficient-scope', missing: [...anyScope] };
}
