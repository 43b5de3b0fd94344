import type { Scope } from '../session-cache.ts';

/** Learns of the changes that may end sessions. */
export interface ChangeListener {
  /** Sessions of these scopes have changed, and the changes are committed. */
  changed(...scopes: readonly Scope[]): void;
  /** Changes of other processes may have been missed. */
  missed(): void;
}

/**
 * The changes of sessions: by this durin, by another durin of the process and, if there is a bus, by another process. They
 * are announced whether or not there is a cache.
 */
export interface Changes extends ChangeListener {
  /** How many were announced so far. If the number is the same at two times, nothing was announced between them. */
  count(): number;
  listen(listener: ChangeListener): void;
}

export function createChanges(): Changes {
  const listeners: ChangeListener[] = [];
  let announced = 0;
  return {
    count: () => announced,
    listen: (listener) => void listeners.push(listener),
    changed(...scopes) {
      announced += 1;
      for (const listener of listeners) listener.changed(...scopes);
    },
    missed() {
      announced += 1;
      for (const listener of listeners) listener.missed();
    },
  };
}
