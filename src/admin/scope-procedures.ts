import { effectiveScopes, type SessionScopes } from '../tokens/rights/scopes.ts';
import { scopeListInput } from './admin-inputs.ts';
import type { AdminProcedures } from './admin-procedures.ts';

export function createScopeProcedures({ query }: AdminProcedures, scopes: Pick<SessionScopes, 'all' | 'ceilingOf'>) {
  return {
    list: query.input(scopeListInput).query(async function listScopes({ input: { client } }): Promise<string[]> {
      return [...effectiveScopes(scopes.all, [client === undefined ? null : scopes.ceilingOf(client)])];
    }),
  };
}
