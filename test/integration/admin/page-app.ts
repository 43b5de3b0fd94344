import { createTRPCClient, httpBatchLink } from '@trpc/client';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import type { AdminPageRouter } from '../../../src/admin/page/page-router.ts';
import { createDurin } from '../../../src/index.ts';
import { openApp, password } from '../../support/app.ts';

/** The test app with an admin page. alice is the admin. */
export async function openPageApp(options: { trustProxy?: number } = {}) {
  const app = await openApp();
  const durin = createDurin({ ...app.options, ...options });
  const errors: unknown[] = [];
  const { page } = createDurinAdmin(durin, {
    isAdmin: ({ user }) => user.username === 'alice',
    page: { client: 'web', onError: (error) => errors.push(error) },
  });
  return { ...app, durin, page, errors };
}

export type PageApp = Awaited<ReturnType<typeof openPageApp>>;

/** Creates a client of the page's API, configured as in the page. */
export function callPage(
  pageUrl: string,
  { token, fetch: send = fetch }: { token?: string; fetch?: typeof fetch } = {},
) {
  const link = httpBatchLink({
    url: new URL('api', pageUrl).href,
    methodOverride: 'POST',
    fetch: (input, init) => send(input as string, init as RequestInit),
    headers: token === undefined ? {} : { authorization: `Token ${token}` },
  });
  return createTRPCClient<AdminPageRouter>({ links: [link] });
}

/** Logs in and returns a client with the token. */
export async function signIn(pageUrl: string, username: string, send: typeof fetch = fetch) {
  const { token } = await callPage(pageUrl, { fetch: send }).auth.login.mutate({ username, password, client: 'web' });
  return callPage(pageUrl, { token, fetch: send });
}

/** The relative URLs of the files that the HTML loads. */
export function linksIn(html: string): string[] {
  return [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link);
}
