import { DurinUsageError } from '../../errors.ts';
import type { LoginForm } from '../../internals.ts';
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
}

/** @throws DurinUsageError if the app has no client named `client` */
export function createPageConfig(
  loginForm: LoginForm,
  { title, client, hasPolicies }: { title: string; client: string | undefined; hasPolicies: boolean },
): PageConfig {
  return {
    title,
    client: clientOf(loginForm, client),
    loginFields: loginFieldsOf(loginForm.input),
    authHeaderPrefix: loginForm.scheme,
    hasPolicies,
  };
}

function clientOf({ takesClient, clientNames }: LoginForm, chosen: string | undefined): string | null {
  if (chosen !== undefined && clientNames?.includes(chosen) === false) {
    throw new DurinUsageError(
      'createDurinAdmin: page.client must be one of the option clients of createDurin, without keys and session cookie',
    );
  }
  if (!takesClient) return null;
  return chosen ?? (clientNames?.includes('admin') ? 'admin' : (clientNames?.[0] ?? 'web'));
}
