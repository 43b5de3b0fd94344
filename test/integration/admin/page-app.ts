import { createTRPCClient, httpBatchLink } from '@trpc/client';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import type { AdminPageRouter } from '../../../src/admin/page/page-router.ts';
import { createDurin } from '../../../src/index.ts';
import { openApp, password } from '../../support/app.ts';

/** The test app with an admin page; alice is the admin. */
export async function openPageApp(options: { trustProxy?: number } = {}) {
  const app = await openApp();
  const durin = createDurin({ ...app.options, ...options });
  const failures: unknown[] = [];
  const { page } = createDurinAdmin(durin, {
    isAdmin: ({ user }) => user.username === 'alice',
    page: { client: 'web', onError: (error) => failures.push(error) },
  });
  return { ...app, durin, page, failures };
}

export type PageApp = Awaited<ReturnType<typeof openPageApp>>;

/** Calls the page's API as the page does. */
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

/** Logs in, and calls on with the token. */
export async function signIn(pageUrl: string, username: string, send: typeof fetch = fetch) {
  const { token } = await callPage(pageUrl, { fetch: send }).auth.login.mutate({ username, password, client: 'web' });
  return callPage(pageUrl, { token, fetch: send });
}

/** What the HTML says it loads, relative to it. */
export function linksIn(html: string): string[] {
  return [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, link = '']) => link);
}
