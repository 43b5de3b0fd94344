import { useSyncExternalStore } from 'react';
import type { Snapshot } from './session/session.ts';

/** What the hook needs of `auth`. */
export interface SnapshotSource<TSnapshot extends Snapshot> {
  readonly subscribe: (listener: () => void) => () => void;
  readonly getSnapshot: () => TSnapshot;
}

/** A server knows no storage, and must not show one visitor's session to another. */
const signedOut: Snapshot = { status: 'signed-out' };

/**
 * Who is signed in; renders again when that changes, in any tab. Rendered on a server, and while its page is hydrated,
 * nobody is.
 */
export function useDurinSession<TSnapshot extends Snapshot>({
  subscribe,
  getSnapshot,
}: SnapshotSource<TSnapshot>): TSnapshot {
  return useSyncExternalStore(subscribe, getSnapshot, () => signedOut as TSnapshot);
}
