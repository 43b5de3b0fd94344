import type { HTTPLinkOptions } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';

/** The `fetch` that the HTTP links of `@trpc/client` take. */
export type LinkFetch = NonNullable<HTTPLinkOptions<AnyTRPCRouter['_def']['_config']['$types']>['fetch']>;

/**
 * Creates the option `fetch` of a link that sends. A redirect would carry the body, and so a password, to an address that
 * the server chooses, and a browser does not show that address before it sends. So every redirect is refused.
 * `createDurinClient` does this by default. It has no effect in React Native, whose `fetch` always follows.
 *
 * @param send the app's own `fetch`. Default: the global one. One that sets `redirect` itself follows all the same.
 * @param options what else every request is sent with: `{ credentials: 'include' }` for a session cookie of another origin
 * @returns a function that rejects with "Redirected. Check url."
 *
 * @example
 * httpBatchLink({ url, headers, fetch: refuseRedirects() })
 */
export function refuseRedirects(send?: LinkFetch, options?: RequestInit): LinkFetch {
  return async (input, init) => {
    const sent = { ...init, ...options, redirect: 'manual' } as RequestInit;
    const response = (await (send ?? fetch)(input as string, sent)) as Response;
    // A browser answers a redirect with status 0, Node with the redirect itself.
    if (response.status < 400 && !response.ok) throw new Error('Redirected. Check url.');
    return response;
  };
}
