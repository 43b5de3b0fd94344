import type { ProcedurePolicy } from '../../src/trpc/policies/policy-of.ts';

/** The filters above the list of policies. An empty text filters nothing. */
export interface PolicyFilter {
  /** Part of a path; case-insensitive. */
  readonly search: string;
  readonly guard: ProcedurePolicy['guard'] | '';
  /** A client that may call it. */
  readonly client: string;
  /** A scope that it asks for. */
  readonly scope: string;
}

export const noFilter: PolicyFilter = { search: '', guard: '', client: '', scope: '' };

/** The procedures that match every filter. */
export function filterPolicies(policies: readonly ProcedurePolicy[], filter: PolicyFilter): ProcedurePolicy[] {
  const search = filter.search.trim().toLowerCase();
  return policies.filter(
    (policy) =>
      policy.path.toLowerCase().includes(search) &&
      (filter.guard === '' || policy.guard === filter.guard) &&
      (filter.client === '' || letsIn(policy, filter.client)) &&
      (filter.scope === '' || scopesOf(policy).includes(filter.scope)),
  );
}

/** The scopes that the procedures ask for, each once, sorted. */
export function scopesIn(policies: readonly ProcedurePolicy[]): string[] {
  return [...new Set(policies.flatMap(scopesOf))].toSorted();
}

function letsIn({ clients, exceptClients = [] }: ProcedurePolicy, client: string): boolean {
  return (clients === null || clients.includes(client)) && !exceptClients.includes(client);
}

function scopesOf({ scopes, anyScope }: ProcedurePolicy): string[] {
  return [...(scopes ?? []), ...(anyScope ?? []).flat()];
}
