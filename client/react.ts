import type { AnyTRPCRouter } from '@trpc/server';
import {
  createContext,
  createElement,
  type ReactNode,
  useContext,
  useEffect,
  useRef,
  useSyncExternalStore,
} from 'react';
import type { DurinAuth } from './auth.ts';
import type { DurinPath, SessionAnswer } from './mounted-router.ts';
import type { Reauthentication, ReauthenticationRequest } from './reauthentication.ts';
import type { Snapshot } from './session/session.ts';

export type { Reauthentication, ReauthenticationRequest } from './reauthentication.ts';
export { createReauthentication } from './reauthentication.ts';

/** The part of `auth` that the hook needs. */
export interface SnapshotSource<TSnapshot extends Snapshot> {
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => TSnapshot;
  readonly getServerSnapshot: () => TSnapshot;
}

interface ProviderProps<TRouter extends AnyTRPCRouter, TPath extends DurinPath<TRouter>> {
  readonly auth: DurinAuth<TRouter, TPath>;
  /**
   * What `auth.session` returned to the server that rendered the page: `initialSession` first, and then each newer answer,
   * such as that after a server action. Default: the server is asked.
   */
  readonly session?: SessionAnswer<TRouter, TPath> | null | undefined;
  readonly children?: ReactNode;
}

/** What `createDurinContext` returns. */
export interface DurinReactContext<TRouter extends AnyTRPCRouter, TPath extends DurinPath<TRouter>> {
  /** Provides `auth` to the components below it. */
  readonly DurinProvider: (props: ProviderProps<TRouter, TPath>) => ReactNode;
  /** Returns the `auth` of the nearest `DurinProvider`. Throws an Error if there is none. */
  readonly useAuth: () => DurinAuth<TRouter, TPath>;
  /** Is `useDurinSession` with that `auth`. */
  readonly useSession: () => ReturnType<DurinAuth<TRouter, TPath>['getSnapshot']>;
}

/**
 * Creates a provider and hooks with the app's types, for an app that creates its client in a component. A page that a server
 * renders does so, because a client in a module would be shared by all visitors.
 *
 * @example
 * export const { DurinProvider, useAuth, useSession } = createDurinContext<AppRouter>();
 *
 * function App({ session, children }) {
 *   const [{ auth }] = useState(() => createDurinClient<AppRouter>({ ...options, initialSession: session }));
 *   return <DurinProvider auth={auth}>{children}</DurinProvider>;
 * }
 */
export function createDurinContext<
  TRouter extends AnyTRPCRouter,
  TPath extends DurinPath<TRouter> = DurinPath<TRouter>,
>(): DurinReactContext<TRouter, TPath> {
  const AuthContext = createContext<DurinAuth<TRouter, TPath> | null>(null);

  function useAuth(): DurinAuth<TRouter, TPath> {
    const auth = useContext(AuthContext);
    if (!auth) throw new Error('There is no <DurinProvider> above this component.');
    return auth;
  }

  function DurinProvider({ auth, session, children }: ProviderProps<TRouter, TPath>): ReactNode {
    const taken = useRef(session); // React may run an effect again that it has run
    useEffect(() => {
      if (session === undefined || session === taken.current) return;
      taken.current = session;
      auth.sync(session);
    }, [auth, session]);
    return createElement(AuthContext.Provider, { value: auth }, children);
  }

  return {
    DurinProvider,
    useAuth,
    useSession: () => useDurinSession(useAuth()),
  };
}

/**
 * Returns who is signed in, and renders again when that changes in any tab. On a server, and while a page hydrates, it
 * returns `initialSession`, or else `{ status: 'signed-out' }`, so that both render the same. It throws nothing.
 *
 * @param auth the `auth` of `createDurinClient` or `createDurinLink`
 *
 * @example
 * function Account() {
 *   const session = useDurinSession(auth);
 *   return session.status === 'signed-in' ? <p>Hello, {session.user.name}</p> : <p>Signed out</p>;
 * }
 */
export function useDurinSession<TSnapshot extends Snapshot>(auth: SnapshotSource<TSnapshot>): TSnapshot {
  return useSyncExternalStore(auth.subscribe, auth.getSnapshot, auth.getServerSnapshot);
}

/**
 * Returns the question that asks the user to confirm their identity, for a dialog; `null`: there is none. It throws nothing.
 *
 * @param reauthentication what `createReauthentication` returned, connected through the option `onReauthenticate`
 *
 * @example
 * function ConfirmIdentity() {
 *   const request = useReauthentication(reauthentication);
 *   return request && <PasswordDialog refusal={request.refusal} onSubmit={request.submit} onClose={request.cancel} />;
 * }
 */
export function useReauthentication<TInput>(
  reauthentication: Pick<Reauthentication<TInput>, 'subscribe' | 'getSnapshot'>,
): ReauthenticationRequest<TInput> | null {
  return useSyncExternalStore(reauthentication.subscribe, reauthentication.getSnapshot, () => null);
}
