import { createTRPCClient, type HTTPBatchLinkOptions, httpBatchLink, type TRPCClient } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { refuseRedirects } from './link/refuse-redirects.ts';
import { isToken } from './session/session-text.ts';

type BatchOptions<TRouter extends AnyTRPCRouter> = HTTPBatchLinkOptions<TRouter['_def']['_config']['$types']>;

/** The options of `httpBatchLink` except `headers`, and the key. */
export type ApiKeyClientOptions<TRouter extends AnyTRPCRouter> = Omit<BatchOptions<TRouter>, 'headers'> & {
  /** The API key. Read it from the environment or a secret store. */
  key: string | undefined;
  /** A scheme of the server's `authHeaderPrefix`. Default: `'Token'`. */
  authHeaderPrefix?: string | undefined;
};

/**
 * Creates a tRPC client for a program that has an API key. It sends the key with every call, and refuses redirects, which
 * would carry the key to another address. A key has no session: it is neither stored nor refreshed.
 *
 * @throws TypeError if there is no key, as when a variable of the environment is not set, or if no header can contain it
 *
 * @example
 * const trpc = createApiKeyClient<AppRouter>({ url: 'https://api.example.com/trpc', key: process.env.API_KEY });
 * await trpc.reports.list.query();
 */
export function createApiKeyClient<TRouter extends AnyTRPCRouter>(
  options: ApiKeyClientOptions<TRouter>,
): TRPCClient<TRouter> {
  const { key, authHeaderPrefix = 'Token', ...rest } = options;
  if (!isToken(key)) throw new TypeError('createApiKeyClient: key is missing, or holds spaces or line breaks.');
  const headers = { authorization: `${authHeaderPrefix} ${key}` };
  const sending = { ...rest, headers, fetch: refuseRedirects(options.fetch) } as BatchOptions<AnyTRPCRouter>;
  return createTRPCClient<TRouter>({ links: [httpBatchLink(sending as BatchOptions<TRouter>)] });
}
