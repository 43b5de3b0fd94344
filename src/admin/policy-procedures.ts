import type { AnyTRPCRouter } from '@trpc/server';
import type { PolicyOf, ProcedurePolicy } from '../trpc/policies/policy-of.ts';
import type { AdminProcedures } from './admin-procedures.ts';

/** The option `router`; `null`: the app did not set it. */
export type GetAppRouter = (() => AnyTRPCRouter) | null;

export function createPolicyProcedures({ query }: AdminProcedures, policyOf: PolicyOf, getAppRouter: GetAppRouter) {
  return {
    list: query.query(async function listPolicies(): Promise<ProcedurePolicy[] | null> {
      return getAppRouter === null ? null : policyOf(getAppRouter());
    }),
  };
}
