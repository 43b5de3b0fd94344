import { useSyncExternalStore } from 'react';
import type { Snapshot } from './session/session.ts';

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
