import type { DurinStorage } from '../storage/storage.ts';
import { isEnding } from './epoch.ts';
import { createQueue } from './queue.ts';
import {
  isSameSession,
  reduce,
  type Session,
  type SessionEvent,
  type SessionState,
  type SignedOutReason,
  signedOut,
} from './session.ts';
import { readReason, readSession, writeSession } from './session-text.ts';

/** Holds the state, writes the session to the storage, and reads what other tabs and programs write there. */
export interface SessionStore {
  readonly state: SessionState;
  /** Whether the browser has the token in a cookie, and scripts have no token. */
  readonly usesCookie: boolean;
  /** How many calls have been made. */
  calls: number;
  /** Set while an async storage is read for the first time. */
  readonly restoring: Promise<void> | undefined;
  /** Applies the event to the state and the storage, after a sync. Never rejects. */
  dispatch(event: SessionEvent): Promise<void>;
  /** Puts a session in the place of the present one at once. */
  replace(session: Session | null): void;
  /** Reads the storage and takes over a session that others have stored. Never rejects. */
  sync(): Promise<void>;
  /** Returns the function that unsubscribes; it returns whether the listener was there. */
  subscribe(listener: () => void): () => boolean;
  /** Passes an error to the app. Never throws. */
  report(error: unknown): void;
}

/**
 * @param usesCookie whether the browser has the token in a cookie
 * @param signal stops watching the storage
 */
export function createSessionStore(
  storage: DurinStorage,
  key: string,
  usesCookie: boolean,
  onStorageError: (error: unknown) => void,
  signal: AbortSignal,
): SessionStore {
  const listeners = new Set<() => void>();
  let storedText: string | null = null; // the storage's content, as far as it is known
  const enqueue = createQueue(report); // so that an earlier write never lands after a later one

  function report(error: unknown): void {
    try {
      onStorageError(error);
    } catch (second) {
      console.error(second);
    }
  }

  /** Returns whether the event changed the state. */
  function apply(event: SessionEvent): boolean {
    const before = store.state;
    store.state = reduce(before, event);
    const { epoch, session } = store.state;
    if (store.state === before) return false;
    if (session) epoch.token = () => session.token; // a refresh may have brought another one
    for (const listener of listeners) queueMicrotask(listener); // a listener that throws affects nothing else
    return true;
  }

  function adopt(text: string | null = null): void {
    const session = readSession(text);
    const reason = readReason(text);
    if (text === storedText || (text && !session && !reason)) return; // the next login overwrites another text
    storedText = text;
    apply({ type: 'stored', session, reason: isEnding(store.state.epoch) ? 'logged-out' : reason });
  }

  /** Returns a promise if the storage is async. */
  function read(): Promise<void> | void {
    const text = storage.get(key);
    return text && typeof text !== 'string' ? text.then(adopt) : adopt(text);
  }

  /** @param reason why the session has ended; stored in place of it, so that other tabs show the same */
  async function save(session: Session | null, reason?: SignedOutReason): Promise<void> {
    try {
      const text = session ? writeSession(session) : storage.watch && readReason(reason);
      await (text ? storage.set(key, text) : storage.remove(key));
      storedText = text ?? null;
    } catch (error) {
      report(error);
      // An old text of the same session still serves other tabs. Another session must not return after a reload.
      if (session && !isSameSession(session, readSession(storedText))) await save(null);
    }
  }

  const store = {
    state: signedOut(0),
    usesCookie,
    restoring: undefined as Promise<void> | undefined,
    calls: 0,
    dispatch(event: SessionEvent) {
      void enqueue(read);
      return enqueue(async () => {
        if (apply(event)) await save(store.state.session, event.type === 'end' ? event.reason : undefined);
      });
    },
    replace(session: Session | null) {
      void save(session);
      apply({ type: 'stored', session });
    },
    sync: () => enqueue(read),
    subscribe(listener: () => void) {
      const call = () => listener(); // so that the same function can subscribe twice
      listeners.add(call);
      return () => listeners.delete(call);
    },
    report,
  };

  function endRestoring(): void {
    store.restoring = undefined;
  }

  try {
    const restoring = read();
    if (restoring) store.restoring = enqueue(() => restoring).then(endRestoring);
  } catch (error) {
    report(error);
  }
  storage.watch?.(key, store.sync, signal);
  return store;
}
