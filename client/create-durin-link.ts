import type { TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import type { DurinErrorData } from '../src/wire.ts';
import { createAuth, type DurinAuth } from './auth.ts';
import type { SharedConnection } from './link/call-mark.ts';
import { type Call, createCallObserver } from './link/call-observer.ts';
import type { OnReauthenticate } from './link/confirmation.ts';
import { createHeaderSource } from './link/header-source.ts';
import type { DurinHeaders, HeadersSource } from './link/headers.ts';
import { createLazyConfirm } from './link/lazy-confirmation.ts';
import { type Connection, perSession } from './link/per-session.ts';
import type { ClientOption, DurinPath, ReauthenticateInput } from './mounted-router.ts';
import { startRefresher } from './session/refresher.ts';
import { createSessionStore } from './session/session-store.ts';
import { type DurinStorage, memoryStorage } from './storage/storage.ts';

export type DurinLinkOptions<TRouter extends AnyTRPCRouter, TPath extends DurinPath<TRouter> = DurinPath<TRouter>> = {
  /** Where the app's router holds the durin router: `'auth'`, or `'api.auth'` inside another router. */
  path: TPath;
  /** Where the session is kept. Default: `memoryStorage()`. */
  storage?: DurinStorage | undefined;
  /** The session's key in the storage. Default: `durin.<path>.<client>`. */
  storageKey?: string | undefined;
  /** Receives what the storage throws; the session is then kept in memory. Default: `console.warn`. */
  onStorageError?: ((error: unknown) => void) | undefined;
  /** Whether to refresh the session automatically before it expires. Default: `true`. */
  refresh?: boolean | undefined;
  /** A scheme of the server's `authHeaderPrefix`. Default: `'Token'`. */
  authHeaderPrefix?: string | undefined;
  /**
   * Asks the user to prove again to be the user, when a call is refused with REAUTHENTICATION_REQUIRED. Called once for any
   * number of calls, which wait, and again with INVALID_CREDENTIALS after a wrong password. The calls are then sent again.
   * Default: they fail.
   * @param signal aborted when the question is over: it is answered rightly or declined, nobody waits for it, or the session
   * has ended
   * @param decline ends the question, also while an answer is verified. The calls then fail with their refusal.
   * @returns the input of `reauthenticate`; `null` fails the calls with their refusal
   */
  onReauthenticate?:
    | ((
        refusal: DurinErrorData,
        signal: AbortSignal,
        decline: () => void,
      ) => Promise<ReauthenticateInput<TRouter, TPath> | null>)
    | undefined;
  /**
   * The name of this device in the user's list of sessions, at most 64 characters. It is sent with every `auth.login` whose
   * input has no `deviceName`. Default: none.
   */
  deviceName?: string | undefined;
} & ClientOption<TRouter, TPath>;

export interface DurinLink<TRouter extends AnyTRPCRouter, TPath extends DurinPath<TRouter> = DurinPath<TRouter>> {
  /** Put this before the link that sends. */
  readonly link: TRPCLink<TRouter>;
  /** The option `headers` of the link that sends. Called without an argument, it returns the current session's headers. */
  readonly headers: (source?: HeadersSource) => DurinHeaders;
  readonly auth: DurinAuth<TRouter, TPath>;
  /**
   * Creates the link that sends for connections that authenticate once, when they open, such as WebSockets. It opens a
   * connection for each session.
   */
  readonly perSession: (open: (headers: () => DurinHeaders) => Connection<TRouter>) => TRPCLink<TRouter>;
}

/** The options without the app's types. */
type PlainOptions = Omit<DurinLinkOptions<AnyTRPCRouter>, 'client' | 'onReauthenticate'> & {
  path: string;
  client?: string;
  onReauthenticate?: OnReauthenticate;
};

/**
 * Authentication for an app that builds its own tRPC client. The link stores the token of any successful login that goes
 * through it, and `headers` attaches the token to every call. By default the session is kept in memory and refreshed
 * automatically.
 *
 * It throws nothing itself. A batch that holds calls of two sessions fails with "Mixed sessions in a batch."; use
 * `perSession` to keep them apart. `auth` rejects with "Call auth.connect first." if it has no client to call through.
 *
 * @example
 * const { link, headers, auth } = createDurinLink<AppRouter>({ path: 'auth', client: 'web', storage: webStorage(localStorage) });
 * const trpc = createTRPCClient<AppRouter>({ links: [link, httpBatchLink({ url: '/trpc', headers })] });
 * auth.connect(trpc);
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
    onReauthenticate,
    deviceName,
  } = options as PlainOptions;

  const closing = new AbortController();
  const { signal } = closing;
  const store = createSessionStore(storage, storageKey, onStorageError, signal);
  const connection: SharedConnection = {};
  const confirm =
    onReauthenticate && createLazyConfirm(store, onReauthenticate, (input) => auth.reauthenticate(input), signal);
  const observe = createCallObserver(store, path, connection, confirm);
  const ownLinks = [() => observe, () => sendLikeLast];
  const auth = createAuth(path, { client, deviceName }, store, connection, ownLinks, closing);
  if (refresh) startRefresher(store, storageKey, auth.refresh, signal);

  let lastNext: Call['next'] | undefined;
  /** Sends a call of `auth` through the links that sent the app's last call. */
  function sendLikeLast({ op }: Call) {
    if (!lastNext) throw new Error('Call auth.connect first.');
    return lastNext(op);
  }

  const parts = {
    link: () => (call: Call) => {
      if (call.op.type !== 'subscription') lastNext = call.next;
      return observe(call);
    },
    headers: createHeaderSource(store, authHeaderPrefix, connection),
    perSession: (open: Parameters<typeof perSession>[0]) => perSession(open, store, authHeaderPrefix, signal),
    auth,
  };
  return parts as unknown as DurinLink<TRouter, TPath>; // the code inside does not use the app's types
}
