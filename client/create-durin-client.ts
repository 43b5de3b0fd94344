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
import type { DurinHeaders } from './calls.ts';
import { createDurinLink, type DurinLinkOptions } from './create-durin-link.ts';
import type { DurinPath } from './mounted-router.ts';
import type { Connection } from './per-session.ts';

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

  function connect(headers: () => DurinHeaders): Connection<TRouter> {
    const sending = { ...options, headers } as SendingOptions<TRouter>;
    const condition = ({ path }: Operation) => path.startsWith(`${options.path}.`);
    return { link: splitLink({ condition, true: httpLink(sending), false: httpBatchLink(sending) }) };
  }
  const trpc = createTRPCClient<TRouter>({ links: [link, perSession(connect)] });
  auth.connect(trpc);
  return { trpc, auth };
}
