import { z } from 'zod';
import { DurinUsageError } from '../errors.ts';
import { internalsOf } from '../internals.ts';
import type { AppTypes, DurinProcedures } from '../trpc/builders.ts';
import { describeOptionError, optionIssueMessage } from '../values/option-error.ts';
import type { DurinAdminOptions } from './admin-options.ts';
import { createAdminRouter, type DurinAdminRouter } from './admin-router.ts';
import { createAdminPage } from './page/page.ts';
import type { AdminPage } from './page/page-entry.ts';

/** What `createDurinAdmin` gives. */
export interface DurinAdmin {
  /** To be mounted anywhere in the app's router, beside `durinRouter`. */
  readonly adminRouter: DurinAdminRouter;
  /** To be mounted at any path, on fetch servers, Express and node:http. */
  readonly page: AdminPage;
}

const aFunction = z.custom((value) => typeof value === 'function', 'must be a function');

const aText = z.string('must be a string').min(1, 'must not be empty');

const optionsSchema = z.strictObject({
  isAdmin: aFunction,
  userLabel: aFunction.optional(),
  searchUsers: aFunction.optional(),
  page: z
    .strictObject({
      client: aText.optional(),
      title: aText.optional(),
      onError: aFunction.optional(),
    })
    .optional(),
});

/**
 * Clients, tokens and their use, for admins, and a web page for it. Does no I/O; the page's files are read when it is
 * first asked for.
 * @param durin what `createDurin` gave
 * @throws DurinUsageError for what is no durin, and naming the option that is unknown, missing or wrong
 */
export function createDurinAdmin<TApp extends AppTypes>(
  durin: DurinProcedures<TApp>,
  options: DurinAdminOptions<TApp>,
): DurinAdmin {
  const access = internalsOf(durin);
  if (access === null) throw new DurinUsageError('createDurinAdmin: durin must be what createDurin gives');
  const parsed = optionsSchema.safeParse(options ?? {}, { error: optionIssueMessage });
  if (!parsed.success) throw new DurinUsageError(`createDurinAdmin: ${describeOptionError(parsed.error, options)}`);
  const { isAdmin, userLabel, searchUsers } = options;
  const adminRouter = createAdminRouter(access, isAdmin, { userLabel, searchUsers });
  access.markPrivate(Object.values(adminRouter._def.procedures));
  return { adminRouter, page: createAdminPage(access, adminRouter, options.page) };
}
