import { createContext, createElement, type ReactNode, useContext, useSyncExternalStore } from 'react';
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

const AuthContext = createContext<SnapshotSource<Snapshot> | null>(null);

/**
 * Provides `auth` to the components below it, for `useDurinAuth` and `useDurinSession`. A page that a server renders creates
 * its client in a component, so that no two visitors share it.
 *
 * @example
 * function App({ session, children }) {
 *   const [{ auth }] = useState(() => createDurinClient<AppRouter>({ ...options, initialSession: session }));
 *   return <DurinProvider auth={auth}>{children}</DurinProvider>;
 * }
 */
export function DurinProvider({ auth, children }: { auth: SnapshotSource<Snapshot>; children?: ReactNode }): ReactNode {
  return createElement(AuthContext.Provider, { value: auth }, children);
}

/**
 * Returns the `auth` of the nearest `DurinProvider`.
 *
 * @throws Error if there is none
 *
 * @example
 * const auth = useDurinAuth<DurinAuth<AppRouter>>();
 * return <button onClick={() => auth.logout()}>Sign out</button>;
 */
export function useDurinAuth<TAuth extends SnapshotSource<Snapshot>>(): TAuth {
  return requireAuth(useContext(AuthContext)) as TAuth;
}

function requireAuth(provided: SnapshotSource<Snapshot> | null): SnapshotSource<Snapshot> {
  if (!provided) throw new Error('There is no <DurinProvider> above this component.');
  return provided;
}

/**
 * Returns who is signed in, and renders again when that changes in any tab. On a server, and while a page hydrates, it
 * returns `initialSession`, or else `{ status: 'signed-out' }`, so that both render the same.
 *
 * @param auth the `auth` of `createDurinClient` or `createDurinLink`. Default: that of the nearest `DurinProvider`
 * @throws Error if there is neither
 *
 * @example
 * function Account() {
 *   const session = useDurinSession(auth);
 *   return session.status === 'signed-in' ? <p>Hello, {session.user.name}</p> : <p>Signed out</p>;
 * }
 */
export function useDurinSession<TSnapshot extends Snapshot>(auth?: SnapshotSource<TSnapshot>): TSnapshot {
  const provided = useContext(AuthContext);
  const { subscribe, getSnapshot, getServerSnapshot } = auth ?? requireAuth(provided);
  return useSyncExternalStore(subscribe, getSnapshot, getServerSnapshot) as TSnapshot;
}

/**
 * Returns the question to the user to prove again to be the user, for a dialog; `null`: there is none. It throws nothing.
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
