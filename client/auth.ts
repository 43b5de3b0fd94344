import { getUntypedClient, type TRPCClient, type TRPCUntypedClient } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { followLogin, type SharedConnection } from './link/call-mark.ts';
import { endReasonOf } from './link/end-reason.ts';
import type { DurinPath, ExpiryOf, LoginAnswer, LoginInput, Mutate, SessionAnswer, UserOf } from './mounted-router.ts';
import type { CookieSession } from './session/cookie-session.ts';
import { type LoginAnswer as Answer, loginEvent, missingToken, type Snapshot, signedOut } from './session/session.ts';
import type { SessionStore } from './session/session-store.ts';
import { isToken } from './session/session-text.ts';

/** Who is signed in, and the calls that change it. The methods do not use `this`. */
export interface DurinAuth<TRouter extends AnyTRPCRouter, TPath extends DurinPath<TRouter> = DurinPath<TRouter>> {
  /** @throws TRPCClientError with a `data.durin.code` such as INVALID_CREDENTIALS or THROTTLED */
  readonly login: (input: LoginInput<TRouter, TPath>) => ReturnType<Mutate<TRouter, TPath, 'login'>>;
  /**
   * Confirms the identity of the user, so that procedures with `fresh` accept the calls of this session. Takes the input
   * of `login` without the client.
   * @throws TRPCClientError with a `data.durin.code` such as INVALID_CREDENTIALS or THROTTLED
   */
  readonly reauthenticate: Mutate<TRouter, TPath, 'reauthenticate'>;
  /**
   * Makes the answer of a procedure of your own the session, as if it were the answer of `login`: one that returns what
   * `durin.signIn` returned. Resolves when it is stored.
   * @throws TypeError if the answer has no token
   * @example await auth.adopt(await trpc.register.mutate({ username, password }));
   */
  readonly adopt: (answer: LoginAnswer<TRouter, TPath>) => Promise<void>;
  /**
   * With `transport: 'cookie'`: takes a newer answer of `session`, such as one that a server action has rendered. Other tabs
   * follow, and the server confirms it. An answer without news changes nothing. Without a cookie it has no
   * effect.
   */
  readonly sync: (answer: SessionAnswer<TRouter, TPath> | null) => void;
  /**
   * Ends this session. Succeeds if the session is over already. Rejects if the server cannot be reached, and the session
   * then continues.
   */
  readonly logout: () => ReturnType<Mutate<TRouter, TPath, 'logout'>>;
  /** Ends all sessions of the user, optionally except the API key, and signs out here. */
  readonly logoutAll: (
    ...scope: Parameters<Mutate<TRouter, TPath, 'logoutAll'>> extends [input?: infer TScope, ...rest: infer _TRest]
      ? [scope?: TScope]
      : []
  ) => ReturnType<Mutate<TRouter, TPath, 'logoutAll'>>;
  /** Extends the session to its full lifetime. Concurrent calls share one request. Rejects after 30 s without an answer. */
  readonly refresh: () => ReturnType<Mutate<TRouter, TPath, 'refresh'>>;
  /** Returns who is signed in: the same object until that changes. With an async storage it is nobody until `ready`. */
  readonly getSnapshot: () => Snapshot<UserOf<TRouter, TPath>, ExpiryOf<TRouter, TPath>>;
  /** Returns what a server rendered: nobody, or `initialSession`. For the first render of a page. */
  readonly getServerSnapshot: () => Snapshot<UserOf<TRouter, TPath>, ExpiryOf<TRouter, TPath>>;
  /** Calls the listener after each change. Returns the function that unsubscribes it. */
  readonly subscribe: (listener: () => void) => () => void;
  /**
   * Resolves when the storage has been read. Calls wait for it automatically. With `transport: 'cookie'`: when the server has
   * answered who is signed in, or has failed to; no call waits for that.
   */
  readonly ready: Promise<void>;
  /**
   * Sets the client that `auth` calls through; needed with `createDurinLink`. Without it, `auth` uses the links of the
   * app's last query or mutation, and rejects if there was none.
   */
  readonly connect: (client: TRPCClient<TRouter>) => void;
  /** Ends timers, listeners and the connections of `perSession`. */
  readonly close: () => void;
}

/** The client that `auth` calls through. */
export interface Caller {
  client: TRPCUntypedClient<AnyTRPCRouter>;
}

/**
 * Creates `auth`, without the app's types.
 * @param fixed the fields of every login: the client's name, empty if the server resolves it, and the device's
 * @param connection moves to the new epoch when a token that came over it is adopted
 * @param caller the client of its calls
 * @param closing aborted by `close`
 * @param cookie with `transport: 'cookie'`
 */
export function createAuth(
  path: string,
  { client, deviceName }: { readonly client: string; readonly deviceName: string | undefined },
  store: SessionStore,
  connection: SharedConnection,
  caller: Caller,
  closing: AbortController,
  cookie: CookieSession | undefined,
) {
  const restored = Promise.resolve(store.restoring);
  const serverSnapshot = (store.usesCookie ? store.state : signedOut(0)).snapshot;
  let listeners = 0;
  const call = (name: string, input?: unknown) => caller.client.mutation(`${path}.${name}`, input);

  return {
    login: (input: object) => call('login', { ...(deviceName && { deviceName }), ...input, ...(client && { client }) }),
    reauthenticate: (input: object) => call('reauthenticate', input),
    async adopt(answer: Answer) {
      store.calls += 1;
      const login = loginEvent(answer ?? {}, store.usesCookie, store.calls);
      if (!isToken(login.session.token)) throw missingToken();
      followLogin(connection, login);
      await store.dispatch(login);
      void cookie?.((tabs) => tabs.check(true)); // a refresh may have replaced the cookie before
    },
    sync: (answer: Answer | null) => void cookie?.((tabs) => tabs.sync(answer)),
    logout: () =>
      call('logout').catch((error) => {
        if ((cookie || store.state.session) && !endReasonOf(error, store)) throw error;
      }),
    logoutAll: (scope?: object) => call('logoutAll', scope),
    refresh(): Promise<unknown> {
      const { epoch } = store.state;
      epoch.refreshing ??= call('refresh').finally(() => {
        epoch.refreshing = undefined;
      });
      return epoch.refreshing;
    },
    getSnapshot: () => store.state.snapshot,
    getServerSnapshot: () => serverSnapshot,
    subscribe(listener: () => void) {
      const unsubscribe = store.subscribe(listener);
      listeners += 1;
      void cookie?.((tabs) => tabs.open());
      return () => {
        if (!unsubscribe()) return;
        listeners -= 1;
        void cookie?.((tabs) => listeners || tabs.close()); // React's StrictMode leaves and joins again at once
      };
    },
    get ready() {
      return cookie ? cookie((tabs) => tabs.check()) : restored;
    },
    connect(trpc: TRPCClient<AnyTRPCRouter>) {
      caller.client = getUntypedClient(trpc);
      void cookie?.((tabs) => tabs.checkIfOpen());
    },
    close: () => closing.abort(),
  };
}
