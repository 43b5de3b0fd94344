import type { LoginForm } from '../../durin/internals.ts';
import { DurinUsageError } from '../../errors.ts';
import { type LoginField, loginFieldsOf } from './login-fields.ts';

/** What the page's scripts receive within the HTML. Readable without signing in. */
export interface PageConfig {
  title: string;
  /** The client that admins sign in through; `null`: the server resolves it. */
  client: string | null;
  loginFields: LoginField[];
  /** The scheme of the Authorization header. */
  authHeaderPrefix: string;
  /** Whether the app passes its router, so that the page lists its policies. */
  hasPolicies: boolean;
  /** Whether changes are recorded, so that the page lists them. */
  hasAudit: boolean;
  /** Whether calls are counted. */
  hasCalls: boolean;
}

export interface PageConfigOptions {
  readonly title: string;
  readonly client: string | undefined;
  readonly hasPolicies: boolean;
  readonly hasAudit: boolean;
  readonly hasCalls: boolean;
  /** Whether the app sets an option of the page, and so wants to use it. */
  readonly isConfigured: boolean;
}

/** @throws DurinUsageError if the app has no client named `client`, or none that the page can use */
export function createPageConfig(loginForm: LoginForm, options: PageConfigOptions): PageConfig {
  const { title, hasPolicies, hasAudit, hasCalls } = options;
  return {
    title,
    client: clientOf(loginForm, options),
    loginFields: loginFieldsOf(loginForm.input),
    authHeaderPrefix: loginForm.scheme,
    hasPolicies,
    hasAudit,
    hasCalls,
  };
}

function clientOf(
  { takesClient, clientNames }: LoginForm,
  { client: chosen, isConfigured }: PageConfigOptions,
): string | null {
  if (chosen !== undefined && clientNames?.includes(chosen) === false) {
    throw new DurinUsageError(
      'createDurinAdmin: page.client must be one of the option clients of createDurin, without keys and session cookie',
    );
  }
  if (!takesClient) return null;
  if (isConfigured && clientNames?.length === 0) {
    throw new DurinUsageError(
      "createDurinAdmin: page needs a client with transport: 'header' and without keys in the option clients of createDurin, such as admin: {}",
    );
  }
  return chosen ?? (clientNames?.includes('admin') ? 'admin' : (clientNames?.[0] ?? 'web'));
}
