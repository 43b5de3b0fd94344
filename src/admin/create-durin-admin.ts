import { z } from 'zod';
import { adminAccessOf } from '../admin-access.ts';
import { describeIssue } from '../describe-issue.ts';
import { DurinUsageError } from '../errors.ts';
import type { AppTypes, DurinProcedures } from '../procedures.ts';
import type { DurinAdminOptions } from './admin-options.ts';
import { createAdminRouter, type DurinAdminRouter } from './admin-router.ts';

/** What `createDurinAdmin` gives. */
export interface DurinAdmin {
  /** To be mounted anywhere in the app's router, beside `durinRouter`. */
  readonly adminRouter: DurinAdminRouter;
}

const aFunction = z.custom((value) => typeof value === 'function', 'must be a function');

const optionsSchema = z.strictObject({
  isAdmin: aFunction,
  userLabel: aFunction.optional(),
  searchUsers: aFunction.optional(),
});

/**
 * Clients, tokens and their use, for admins. Does no I/O.
 * @param durin what `createDurin` gave
 * @throws DurinUsageError for what is no durin, and naming the option that is unknown, missing or wrong
 */
export function createDurinAdmin<TApp extends AppTypes>(
  durin: DurinProcedures<TApp>,
  options: DurinAdminOptions<TApp>,
): DurinAdmin {
  const access = adminAccessOf(durin);
  if (access === null) throw new DurinUsageError('createDurinAdmin: durin must be what createDurin gives');
  const parsed = optionsSchema.safeParse(options ?? {});
  if (!parsed.success) throw new DurinUsageError(`createDurinAdmin: ${describeIssue(parsed.error)}`);
  const { isAdmin, userLabel, searchUsers } = options;
  const adminRouter = createAdminRouter(access, isAdmin, { userLabel, searchUsers });
  access.keepPrivate(Object.values(adminRouter._def.procedures));
  return { adminRouter };
}
