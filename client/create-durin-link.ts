import { type TRPCLink, TRPCUntypedClient } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import type { DurinErrorData } from '../src/wire.ts';
import { type Caller, createAuth, type DurinAuth } from './auth.ts';
import type { SharedConnection } from './link/call-mark.ts';
import { type Call, createCallObserver } from './link/call-observer.ts';
import type { OnReauthenticate } from './link/confirmation.ts';
import { createHeaderSource } from './link/header-source.ts';
import type { DurinHeaders, HeadersSource } from './link/headers.ts';
import { createLazyConfirm } from './link/lazy-confirmation.ts';
import { type Connection, perSession } from './link/per-session.ts';
import type { ClientOption, DurinPath, ReauthenticateInput, SessionAnswer } from './mounted-router.ts';
import { createCookieSession } from './session/cookie-session.ts';
import { startRefresher } from './session/refresher.ts';
import type { LoginAnswer } from './session/session.ts';
import { createSessionStore } from './session/session-store.ts';
import { type DurinStorage, memoryStorage } from './storage/storage.ts';

export type DurinLinkOptions<TRouter extends AnyTRPCRouter, TPath extends DurinPath<TRouter> = DurinPath<TRouter>> = {
  /** Where the app's router holds the durin router: `'auth'`, or `'api.auth'` inside another router. */
  path: TPath;
  /**
   * The session's key in the storage, and its name among tabs. Default: `durin.<path>.<client>`, and with
   * `transport: 'cookie'` `durin.<path>`, because all clients share the cookie.
   */
  storageKey?: string | undefined;
  /**
   * Receives what the storage throws, and with `transport: 'cookie'` why the session could not be asked for; the session is
   * then kept in memory. Default: `console.warn`.
   */
  onStorageError?: ((error: unknown) => void) | undefined;
  /** Whether to refresh the session automatically before it expires. Default: `true`. */
  refresh?: boolean | undefined;
  /**
   * Asks the user to confirm their identity when a call is refused with REAUTHENTICATION_REQUIRED. Called once for any
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
} & TransportOptions<TRouter, TPath> &
  ClientOption<TRouter, TPath>;

/** How the token reaches the server: the option `transport` that this client has on the server. */
type TransportOptions<TRouter extends AnyTRPCRouter, TPath extends DurinPath<TRouter>> =
  | {
      /** Default: `'header'`. */
      transport?: 'header' | undefined;
      /** Where the session is kept. Default: `memoryStorage()`. */
      storage?: DurinStorage | undefined;
      /** A scheme of the server's `authHeaderPrefix`. Default: `'Token'`. */
      authHeaderPrefix?: string | undefined;
      initialSession?: undefined;
    }
  | {
      /**
       * The browser keeps the token in a cookie that scripts cannot read. Who is signed in is asked of the server, once for
       * each page and after changes in other tabs. `createDurinLink` needs links that send cookies.
       */
      transport: 'cookie';
      /**
       * What `auth.session` returned to the server that rendered the page, so that the first render has it; `null`: nobody is
       * signed in. Default: it is asked for.
       */
      initialSession?: SessionAnswer<TRouter, TPath> | null | undefined;
      storage?: undefined;
      authHeaderPrefix?: undefined;
    };

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
interface PlainOptions {
  path: string;
  client?: string;
  deviceName?: string;
  transport?: 'header' | 'cookie';
  authHeaderPrefix?: string;
  storage?: DurinStorage;
  storageKey?: string;
  onStorageError?: (error: unknown) => void;
  initialSession?: LoginAnswer | null;
  refresh?: boolean;
  onReauthenticate?: OnReauthenticate;
}

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
  const plain = options as object as PlainOptions; // the code inside does not use the app's types
  const { path, client = '', deviceName, refresh = true, onStorageError = console.warn, onReauthenticate } = plain;
  const usesCookie = plain.transport === 'cookie';
  const { storageKey: name = `durin.${path}${usesCookie ? '' : `.${client}`}` } = plain;
  const { authHeaderPrefix: scheme = usesCookie ? '' : 'Token' } = plain;

  const closing = new AbortController();
  const { signal } = closing;
  const { storage = memoryStorage() } = plain;
  const store = createSessionStore(storage, name, usesCookie, onStorageError, signal);
  const cookie = usesCookie
    ? createCookieSession({ store, name, ask: askSession, onOpen: keepFresh, closing: signal }, plain.initialSession)
    : undefined;
  const connection: SharedConnection = {};
  const confirm =
    onReauthenticate && createLazyConfirm(store, onReauthenticate, (input) => auth.reauthenticate(input), signal);
  const observe = createCallObserver(store, path, connection, confirm, cookie);
  const caller: Caller = { client: new TRPCUntypedClient({ links: [() => observe, () => sendLikeLast] }) };
  const auth = createAuth(path, { client, deviceName }, store, connection, caller, closing, cookie);
  if (!cookie) keepFresh(signal);

  function keepFresh(until: AbortSignal): void {
    const sync = () => (cookie ? cookie((tabs) => tabs.checkIfOpen(true)) : store.sync());
    if (refresh) startRefresher(store, name, sync, auth.refresh, until);
  }

  function askSession() {
    return caller.client.query(`${path}.session`) as Promise<LoginAnswer | null>;
  }

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
    headers: createHeaderSource(store, scheme, connection),
    perSession: (open: Parameters<typeof perSession>[0]) => perSession(open, store, scheme, signal),
    auth,
  };
  return parts as unknown as DurinLink<TRouter, TPath>;
}
