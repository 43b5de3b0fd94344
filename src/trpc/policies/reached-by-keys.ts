import type { KeyRules } from '../../tokens/keys/key-rules.ts';
import { judgeRights } from '../../tokens/rights/judge-rights.ts';
import type { GuardPolicy } from './policies.ts';

/** A client whose keys reach only guards that name scopes. */
export interface KeyClientRights {
  readonly name: string;
  /** The scopes that its keys may have at most. */
  readonly scopes: readonly string[];
}

/**
 * Returns the rights of the clients with keys that have no full access.
 * @param ceilingOf returns the scopes that a client's tokens may have at most; `null`: all of the app's
 */
export function rightsOfKeyClients(
  rules: readonly Pick<KeyRules, 'clientName' | 'hasFullAccess'>[],
  ceilingOf: (clientName: string) => readonly string[] | null,
  appScopes: readonly string[],
): KeyClientRights[] {
  return rules
    .filter(({ hasFullAccess }) => !hasFullAccess)
    .map(({ clientName: name }) => ({ name, scopes: ceilingOf(name) ?? appScopes }));
}

/**
 * Whether a key of the client can pass all guards of a chain. It passes none that demands a recent sign-in: nobody signs in with
 * a key.
 */
export function isReachedByKeys({ name, scopes }: KeyClientRights, guards: readonly GuardPolicy[]): boolean {
  return guards.every((guard) => {
    switch (guard.reach) {
      case 'logout':
        return true;
      case 'everything':
      case 'account':
      case 'renewal':
        return false;
      case 'scopes': {
        const demands = { ...guard, isAllowed: (client: string) => guard.clients?.includes(client) ?? true };
        const key = { client: { name }, scopes: null, userRow: {} };
        return guard.fresh === null && judgeRights(key, demands, () => scopes).verdict === 'allowed';
      }
    }
  });
}
