import type { AnyTRPCRouter, TRPCError } from '@trpc/server';
import type { z } from 'zod';
import { DurinUsageError } from '../errors.ts';
import type { AdapterCall, DurinContext } from '../request.ts';
import type { ResponseFacts } from '../response-meta.ts';
import { loginFieldsOf } from './page/login-fields.ts';
import { type AdminPage, createPageEntry } from './page/page-entry.ts';
import { createPageHandler } from './page/page-handler.ts';
import { createPageRouter } from './page/page-router.ts';

/** How the admin page signs in and is called. */
export interface AdminPageOptions<TClientName extends string = string> {
  /**
   * The client that the page signs in to. Best one of its own, with short-lived tokens: a user has one token per client,
   * so signing out of the page signs out of the client. Default: `admin` where the option `clients` has it, else the
   * first of them; without that option `web`.
   */
  client?: TClientName | undefined;
  /** What the page is called. Default: `'Durin admin'`. */
  title?: string | undefined;
  /** Told of what failed unforeseen in calls of the page. Default: `console.error`. */
  onError?: ((error: TRPCError) => void) | undefined;
}

export interface AdminPageParts {
  readonly durinRouter: AnyTRPCRouter;
  readonly adminRouter: AnyTRPCRouter;
  readonly createContext: (call?: AdapterCall) => DurinContext;
  readonly responseMeta: (facts: ResponseFacts) => { headers: Headers };
  readonly loginInput: z.ZodObject;
  /** Whether the login input names the client. */
  readonly takesClient: boolean;
  /** `null`: the app names no clients. */
  readonly clientNames: readonly string[] | null;
  /** The scheme of the Authorization header. */
  readonly scheme: string;
}

/** The page that comes with the admin router, with all that it loads and calls. Reads its files at the first request. */
export function createAdminPage(parts: AdminPageParts, options: AdminPageOptions = {}): AdminPage {
  const { durinRouter, adminRouter, createContext, responseMeta, loginInput, scheme } = parts;
  const { title = 'Durin admin', onError = reportError } = options;
  const handle = createPageHandler({
    router: createPageRouter(durinRouter, adminRouter),
    createContext,
    responseMeta,
    config: {
      title,
      client: clientOf(parts, options.client),
      loginFields: loginFieldsOf(loginInput),
      authHeaderPrefix: scheme,
    },
    onError,
  });
  return createPageEntry(handle);
}

/** @throws DurinUsageError for a client that the app does not have */
function clientOf({ takesClient, clientNames }: AdminPageParts, chosen: string | undefined): string | null {
  if (!takesClient) return null;
  if (chosen === undefined) return clientNames?.includes('admin') ? 'admin' : (clientNames?.[0] ?? 'web');
  if (clientNames?.includes(chosen) === false) {
    throw new DurinUsageError(`createDurinAdmin: page.client must be one of the option clients of createDurin`);
  }
  return chosen;
}

function reportError(error: TRPCError): void {
  console.error('A call of the admin page failed:', error);
}
