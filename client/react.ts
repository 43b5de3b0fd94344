import { useSyncExternalStore } from 'react';
import type { Reauthentication, ReauthenticationRequest } from './reauthentication.ts';
import type { Snapshot } from './session/session.ts';

export type { Reauthentication, ReauthenticationRequest } from './reauthentication.ts';
export { createReauthentication } from './reauthentication.ts';

/** The part of `auth` that the hook needs. */
export interface SnapshotSource<TSnapshot extends Snapshot> {
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => TSnapshot;
}

/** A server has no storage, and must not show one visitor's session to another. */
const signedOut: Snapshot = { status: 'signed-out' };

/**
 * Returns who is signed in, and renders again when that changes in any tab. On a server, and while a page hydrates, it
 * returns `{ status: 'signed-out' }`. It throws nothing.
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
  return useSyncExternalStore(auth.subscribe, auth.getSnapshot, () => signedOut as TSnapshot);
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
