import { getUntypedClient, type TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { createAuthCalls, type DurinAuth, type Mutation } from './auth.ts';
import { type DurinHeaders, followCalls, type HeadersSource } from './calls.ts';
import type { ClientOption, DurinPath } from './mounted-router.ts';
import { type Connection, perSession } from './per-session.ts';
import { startRefresher } from './refresher.ts';
import { createSessionKeeper } from './session-keeper.ts';
import { type DurinStorage, memoryStorage } from './storage.ts';

export type DurinLinkOptions<TRouter extends AnyTRPCRouter, TPath extends DurinPath<TRouter> = DurinPath<TRouter>> = {
  /** Where the app's router holds the durin router: `'auth'`; `'api.auth'` inside another router. */
  path: TPath;
  /** Where the session is kept. Default: `memoryStorage()`. */
  storage?: DurinStorage | undefined;
  /** The storage's key. Default: `durin.<path>.<client>`. */
  storageKey?: string | undefined;
  /** Told what the storage threw; the session is kept in memory then. Default: `console.warn`. */
  onStorageError?: ((error: unknown) => void) | undefined;
  /** Whether the session is refreshed by itself before it expires. Default: `true`. */
  refresh?: boolean | undefined;
  /** The server's `authHeaderPrefix`. Default: `'Token'`. */
  authHeaderPrefix?: string | undefined;
} & ClientOption<TRouter, TPath>;

export interface DurinLink<TRouter extends AnyTRPCRouter, TPath extends DurinPath<TRouter> = DurinPath<TRouter>> {
  /** Goes before the link that sends. */
  readonly link: TRPCLink<TRouter>;
  /** The option `headers` of the link that sends. Without an argument: the present session's. */
  readonly headers: (source?: HeadersSource) => DurinHeaders;
  readonly auth: DurinAuth<TRouter, TPath>;
  /**
   * The link that sends, for connections that say who calls once, when they open, such as WebSockets: opens one for each
   * session.
   */
  readonly perSession: (open: (headers: () => DurinHeaders) => Connection<TRouter>) => TRPCLink<TRouter>;
}

/**
 * Authentication for an app that builds its own tRPC client: stores the token of any login that goes through the link,
 * and sends it with every call.
 */
export function createDurinLink<
  TRouter extends AnyTRPCRouter,
  const TPath extends DurinPath<TRouter> = DurinPath<TRouter>,
>(options: DurinLinkOptions<TRouter, TPath>): DurinLink<TRouter, TPath> {
  const { storage = memoryStorage(), onStorageError = warn, refresh = true, authHeaderPrefix = 'Token' } = options;
  const path: string = options.path;
  const client = options.client as string | undefined;
  const { storageKey = ['durin', path, client].join('.') } = options;

  const closing = new AbortController();
  const { signal } = closing;
  const keeper = createSessionKeeper(storage, storageKey, onStorageError, signal);

  const { link, headers, headersOf, pin, leaving, mutate } = followCalls(keeper, path, authHeaderPrefix);
  let call: Mutation = mutate;

  const calls = createAuthCalls(path, client, keeper, (name, input) => call(name, input));
  async function refreshUnlessLeaving(): Promise<void> {
    if (!leaving.has(keeper.state.era)) await calls.refresh();
  }
  if (refresh) startRefresher(keeper, storageKey, refreshUnlessLeaving, signal);

  const built = {
    link,
    headers,
    auth: {
      ...calls,
      getSnapshot: keeper.getSnapshot,
      subscribe: keeper.subscribe,
      ready: Promise.resolve(keeper.restoring),
      connect(trpc: Parameters<typeof getUntypedClient<AnyTRPCRouter>>[0]) {
        const connected = getUntypedClient(trpc);
        call = (name, input) => connected.mutation(name, input);
      },
      close: () => closing.abort(),
    },
    perSession: (open: Parameters<typeof perSession>[0]) => perSession(open, pin, headersOf, signal),
  };
  return built as unknown as DurinLink<TRouter, TPath>; // inside, nothing has the app's types
}

function warn(error: unknown): void {
  console.warn('trpc-durin: the session is in memory only:', error);
}
