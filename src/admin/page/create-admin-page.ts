import type { TRPCError } from '@trpc/server';
import type { Internals } from '../../durin/internals.ts';
import type { AdminPageOptions } from '../admin-options.ts';
import type { DurinAdminRouter } from '../admin-router.ts';
import { type AdminPage, createPageAdapter } from './page-adapter.ts';
import { createPageConfig } from './page-config.ts';
import { createPageHandler } from './page-handler.ts';
import { createPageRouter } from './page-router.ts';

export type AdminPageDeps = Pick<
  Internals,
  'durinRouter' | 'createContext' | 'responseMeta' | 'loginForm' | 'auditStore' | 'usageStore'
>;

interface CreatedPageOptions extends AdminPageOptions {
  /** Whether the admin router lists the policies of the app's router. */
  readonly hasPolicies: boolean;
  /** Whether the app sets an option of the page. */
  readonly isConfigured: boolean;
}

/**
 * The web page over the admin router. It serves its own files and an API of its own below its path, so it depends neither
 * on the app's paths nor on its tRPC root.
 * @throws DurinUsageError if the app has no client named `options.client`, or none that the page can use
 */
export function createAdminPage(
  { durinRouter, createContext, responseMeta, loginForm, auditStore, usageStore }: AdminPageDeps,
  adminRouter: DurinAdminRouter,
  { client, title = 'Durin admin', onError = printError, hasPolicies, isConfigured }: CreatedPageOptions,
): AdminPage {
  const handle = createPageHandler({
    router: createPageRouter(durinRouter, adminRouter),
    createContext,
    responseMeta,
    config: createPageConfig(loginForm, {
      title,
      client,
      hasPolicies,
      hasAudit: auditStore !== null,
      hasCalls: usageStore !== null,
      isConfigured,
    }),
    onError,
  });
  return createPageAdapter(handle);
}

function printError(error: TRPCError): void {
  console.error('A call of the admin page failed:', error);
}
