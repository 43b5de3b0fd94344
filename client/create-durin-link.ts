import type { TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { createAuth, type DurinAuth } from './auth.ts';
import { followCalls } from './link/follow-calls.ts';
import type { DurinHeaders, HeadersSource } from './link/headers.ts';
import type { Connection } from './link/per-session.ts';
import type { ClientOption, DurinPath } from './mounted-router.ts';
import { startRefresher } from './session/refresher.ts';
import { createSessionKeeper } from './session/session-store.ts';
import { type DurinStorage, memoryStorage } from './storage/storage.ts';

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

/** The options without the app's types. */
type PlainOptions = Omit<DurinLinkOptions<AnyTRPCRouter>, 'client'> & { path: string; client?: string };

/**
 * Authentication for an app that builds its own tRPC client: stores the token of any login that goes through the link,
 * and sends it with every call.
 */
export function createDurinLink<
  TRouter extends AnyTRPCRouter,
  const TPath extends DurinPath<TRouter> = DurinPath<TRouter>,
>(options: DurinLinkOptions<TRouter, TPath>): DurinLink<TRouter, TPath> {
  const {
    path,
    client = '',
    storage = memoryStorage(),
    storageKey = `durin.${path}.${client}`,
    onStorageError = console.warn,
    refresh = true,
    authHeaderPrefix = 'Token',
  } = options as PlainOptions;

  const closing = new AbortController();
  const { signal } = closing;
  const keeper = createSessionKeeper(storage, storageKey, onStorageError, signal);
  const { ownLinks, ...parts } = followCalls(keeper, path, authHeaderPrefix, signal);
  const auth = createAuth(path, client, keeper, ownLinks, closing);
  if (refresh) startRefresher(keeper, storageKey, auth.refresh, signal);

  return { ...parts, auth } as unknown as DurinLink<TRouter, TPath>; // inside, nothing has the app's types
}
