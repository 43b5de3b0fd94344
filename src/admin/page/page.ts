import type { TRPCError } from '@trpc/server';
import { DurinUsageError } from '../../errors.ts';
import type { Internals, LoginForm } from '../../internals.ts';
import type { AdminPageOptions } from '../admin-options.ts';
import type { DurinAdminRouter } from '../admin-router.ts';
import { loginFieldsOf } from './login-fields.ts';
import { type AdminPage, createPageEntry } from './page-entry.ts';
import { createPageHandler } from './page-handler.ts';
import { createPageRouter } from './page-router.ts';

/** What the page needs of a durin. */
export type AdminPageAccess = Pick<Internals, 'durinRouter' | 'createContext' | 'responseMeta' | 'loginForm'>;

/**
 * The web page over the admin router, with all that it loads and calls: its files, and an API of its own below it. So it
 * needs to know nothing of the app's paths and of its tRPC root.
 * @throws DurinUsageError for a client that the app does not have
 */
export function createAdminPage(
  access: AdminPageAccess,
  adminRouter: DurinAdminRouter,
  options: AdminPageOptions = {},
): AdminPage {
  const { durinRouter, createContext, responseMeta, loginForm } = access;
  const { client, title = 'Durin admin', onError = reportError } = options;
  const handle = createPageHandler({
    router: createPageRouter(durinRouter, adminRouter),
    createContext,
    responseMeta,
    config: {
      title,
      client: clientOf(loginForm, client),
      loginFields: loginFieldsOf(loginForm.input),
      authHeaderPrefix: loginForm.scheme,
    },
    onError,
  });
  return createPageEntry(handle);
}

/** `null`: the server finds out by itself. */
function clientOf({ takesClient, clientNames }: LoginForm, chosen: string | undefined): string | null {
  if (chosen !== undefined && clientNames?.includes(chosen) === false) {
    throw new DurinUsageError('createDurinAdmin: page.client must be one of the option clients of createDurin');
  }
  if (!takesClient) return null;
  return chosen ?? (clientNames?.includes('admin') ? 'admin' : (clientNames?.[0] ?? 'web'));
}

function reportError(error: TRPCError): void {
  console.error('A call of the admin page failed:', error);
}
