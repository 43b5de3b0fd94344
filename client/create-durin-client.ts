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
import type { DurinPath } from './mounted-router.ts';

export type DurinClientOptions<
  TRouter extends AnyTRPCRouter,
  TPath extends DurinPath<TRouter> = DurinPath<TRouter>,
> = DurinLinkOptions<TRouter, TPath> & Omit<HTTPBatchLinkOptions<ClientTypes<TRouter>>, 'headers'>;

export interface DurinClient<TRouter extends AnyTRPCRouter, TPath extends DurinPath<TRouter> = DurinPath<TRouter>> {
  readonly trpc: TRPCClient<TRouter>;
  readonly auth: DurinAuth<TRouter, TPath>;
}

/** What both HTTP links take. */
type SendingOptions<TRouter extends AnyTRPCRouter> = HTTPLinkOptions<ClientTypes<TRouter>> &
  HTTPBatchLinkOptions<ClientTypes<TRouter>>;

type ClientTypes<TRouter extends AnyTRPCRouter> = TRouter['_def']['_config']['$types'];

/**
 * A tRPC client that signs in, stores the token and sends it with every call. Calls are batched over HTTP, but not those
 * of the durin router: in a batch, a login would decide whose the calls after it are. For other links see
 * `createDurinLink`.
 */
export function createDurinClient<
  TRouter extends AnyTRPCRouter,
  const TPath extends DurinPath<TRouter> = DurinPath<TRouter>,
>(options: DurinClientOptions<TRouter, TPath>): DurinClient<TRouter, TPath> {
  const { link, auth, perSession } = createDurinLink<TRouter, TPath>(options);

  const isDurins = ({ path }: Operation) => path.startsWith(`${options.path}.`);

  const sending = perSession((headers) => {
    const sendingOptions = { ...options, headers } as SendingOptions<TRouter>;
    return {
      link: splitLink({ condition: isDurins, true: httpLink(sendingOptions), false: httpBatchLink(sendingOptions) }),
    };
  });
  const trpc = createTRPCClient<TRouter>({ links: [link, sending] });
  auth.connect(trpc);
  return { trpc, auth };
}
