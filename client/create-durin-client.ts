import {
  createTRPCClient,
  type HTTPBatchLinkOptions,
  type HTTPLinkOptions,
  httpBatchLink,
  httpLink,
  type Operation,
  splitLink,
  type TRPCClient,
} from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import type { DurinAuth } from './auth.ts';
import { createDurinLink, type DurinLinkOptions } from './create-durin-link.ts';
import { refuseRedirects } from './link/refuse-redirects.ts';
import type { DurinPath } from './mounted-router.ts';

export type DurinClientOptions<
  TRouter extends AnyTRPCRouter,
  TPath extends DurinPath<TRouter> = DurinPath<TRouter>,
> = DurinLinkOptions<TRouter, TPath> & Omit<HTTPBatchLinkOptions<ClientTypes<TRouter>>, 'headers'>;

export interface DurinClient<TRouter extends AnyTRPCRouter, TPath extends DurinPath<TRouter> = DurinPath<TRouter>> {
  readonly trpc: TRPCClient<TRouter>;
  readonly auth: DurinAuth<TRouter, TPath>;
}

/** Options that suit both HTTP links. */
type SendingOptions<TRouter extends AnyTRPCRouter> = HTTPLinkOptions<ClientTypes<TRouter>> &
  HTTPBatchLinkOptions<ClientTypes<TRouter>>;

type ClientTypes<TRouter extends AnyTRPCRouter> = TRouter['_def']['_config']['$types'];

/**
 * Creates a tRPC client that signs in, stores the token and attaches it to every call. Calls are batched over HTTP, except
 * those to the durin router: in a batch, a login would decide which user the calls after it belong to. For other links
 * use `createDurinLink`.
 *
 * @param options those of `httpBatchLink` except `headers`, and `path`, `client` and the other options of
 * `createDurinLink`. By default the session is kept in memory and refreshed automatically.
 *
 * It throws nothing itself. Calls reject with a `TRPCClientError`; if durin refused the call, `error.data.durin.code`
 * holds the reason. Redirects are refused, because they would carry the password or the token to another address.
 *
 * @example
 * const { trpc, auth } = createDurinClient<AppRouter>({
 *   url: '/trpc',
 *   path: 'auth',
 *   client: 'web',
 *   storage: webStorage(localStorage),
 * });
 * await auth.login({ username: 'alice', password: 'wonderland' });
 * await trpc.me.query();
 */
export function createDurinClient<
  TRouter extends AnyTRPCRouter,
  const TPath extends DurinPath<TRouter> = DurinPath<TRouter>,
>(options: DurinClientOptions<TRouter, TPath>): DurinClient<TRouter, TPath> {
  const { link, auth, perSession } = createDurinLink<TRouter, TPath>(options);

  const isAuthCall = ({ path }: Operation) => path.startsWith(`${options.path}.`);

  const send = refuseRedirects(options.fetch, options.transport === 'cookie' ? { credentials: 'include' } : {});
  const sending = perSession((headers) => {
    const sendingOptions = { ...options, headers, fetch: send } as SendingOptions<TRouter>;
    return {
      link: splitLink({ condition: isAuthCall, true: httpLink(sendingOptions), false: httpBatchLink(sendingOptions) }),
    };
  });
  const trpc = createTRPCClient<TRouter>({ links: [link, sending] });
  auth.connect(trpc);
  return { trpc, auth };
}
