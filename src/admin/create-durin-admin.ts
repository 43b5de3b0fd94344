import { z } from 'zod';
import { internalsOf } from '../durin/internals.ts';
import { DurinUsageError } from '../errors.ts';
import type { AppTypes, DurinProcedures } from '../trpc/builders.ts';
import { describeOptionError, optionIssueMessage } from '../values/option-error.ts';
import type { DurinAdminOptions } from './admin-options.ts';
import { createAdminRouter, type DurinAdminRouter } from './admin-router.ts';
import { createAdminPage } from './page/create-admin-page.ts';
import type { AdminPage } from './page/page-adapter.ts';

/** What `createDurinAdmin` returns. */
export interface DurinAdmin {
  /** Mount it anywhere in the app's router, beside `durinRouter`. */
  readonly adminRouter: DurinAdminRouter;
  /** Mount it at any path of a fetch server, Express or node:http. Works without mounting `adminRouter`. */
  readonly page: AdminPage;
}

const functionSchema = z.custom((value) => typeof value === 'function', 'must be a function');

const textSchema = z.string('must be a string').min(1, 'must not be empty');

const optionsSchema = z.strictObject({
  isAdmin: functionSchema,
  userLabel: functionSchema.optional(),
  searchUsers: functionSchema.optional(),
  router: functionSchema.optional(),
  page: z
    .strictObject({
      client: textSchema.optional(),
      title: textSchema.optional(),
      onError: functionSchema.optional(),
    })
    .optional(),
});

/**
 * Creates a router for admins to manage clients and tokens and to see how they are used, and a web page for it. Does no
 * I/O: the page's files are read at its first request.
 * @param durin the object that `createDurin` returned
 * @throws DurinUsageError if `durin` is something else, or naming the option that is unknown, missing or invalid
 * @example
 * const { adminRouter, page } = createDurinAdmin(durin, {
 *   isAdmin: ({ user }) => user.role === 'admin',
 *   page: { client: 'admin' },
 * });
 * const appRouter = t.router({ auth: durinRouter, admin: adminRouter });
 * express().use('/admin', page);
 */
export function createDurinAdmin<TApp extends AppTypes>(
  durin: DurinProcedures<TApp>,
  options: DurinAdminOptions<TApp>,
): DurinAdmin {
  const internals = internalsOf(durin);
  if (internals === null)
    throw new DurinUsageError('createDurinAdmin: durin must be the object that createDurin returns');
  const parsed = optionsSchema.safeParse(options ?? {}, { error: optionIssueMessage });
  if (!parsed.success) throw new DurinUsageError(`createDurinAdmin: ${describeOptionError(parsed.error, options)}`);
  const { isAdmin, userLabel, searchUsers, router = null } = options;
  const adminRouter = createAdminRouter(internals, isAdmin, { userLabel, searchUsers }, router);
  internals.markPrivate(Object.values(adminRouter._def.procedures));
  const facts = { hasPolicies: router !== null, isConfigured: options.page !== undefined };
  const page = createAdminPage(internals, adminRouter, { ...options.page, ...facts });
  return { adminRouter, page };
}
