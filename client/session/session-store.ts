import type { DurinStorage } from '../storage/storage.ts';
import { decide, type Fact, initialState, type Session, type SessionState } from './session.ts';
import { readSession, writeSession } from './session-text.ts';

/** Holds the state; has the storage follow it, and follows what others write there. */
export interface SessionKeeper {
  readonly state: SessionState;
  /** There while an async storage is read for the first time. */
  readonly restoring: Promise<void> | undefined;
  /** Changes the state, after what others have stored. Neither this nor `follow` rejects. */
  learn(fact: Fact): Promise<void>;
  /** Takes over what others have stored. */
  follow(): Promise<void>;
  subscribe(listener: () => void): () => void;
}

/** @param signal ends it */
export function createSessionKeeper(
  storage: DurinStorage,
  key: string,
  onStorageError: (error: unknown) => void,
  signal: AbortSignal,
): SessionKeeper {
  const listeners = new Set<() => void>();
  let knownText: string | null = null; // what the storage holds, as far as is known
  let queue = Promise.resolve();

  function report(error: unknown): void {
    try {
      onStorageError(error);
    } catch (second) {
      console.error(second);
    }
  }

  /** One after the other: what the storage is told first must not be done last. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    queue = queue.then(work).catch(report);
    return queue;
  }

  /** Whether there was anything to change. */
  function change(fact: Fact): boolean {
    const before = keeper.state;
    keeper.state = decide(before, fact);
    if (keeper.state === before) return false;
    for (const listener of listeners) queueMicrotask(listener); // one that throws fails nothing else
    return true;
  }

  function take(text: string | null = null): void {
    if (text === knownText) return;
    const session = readSession(text);
    if (text && !session) return; // what is not ours is overwritten by the next login
    knownText = text;
    change({ session, reason: 'logged-out' });
  }

  async function put(session: Session | null): Promise<void> {
    try {
      const text = session && writeSession(session);
      await (text ? storage.set(key, text) : storage.remove(key));
      knownText = text;
    } catch (error) {
      report(error);
      // An old text of the same session is right for other tabs; another session's must not come back after a reload.
      if (session && session.token !== readSession(knownText)?.token) await put(null);
    }
  }

  async function read(): Promise<void> {
    take(await storage.get(key));
  }

  const keeper = {
    state: initialState,
    restoring: undefined as Promise<void> | undefined,
    learn: (fact: Fact) =>
      inTurn(async () => {
        await read().catch(report);
        if (change(fact)) await put(keeper.state.session);
      }),
    follow: () => inTurn(read),
    subscribe(listener: () => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };

  function endRestoring(): void {
    keeper.restoring = undefined;
  }

  try {
    const text = storage.get(key);
    if (text && typeof text !== 'string') keeper.restoring = inTurn(async () => take(await text)).then(endRestoring);
    else take(text);
  } catch (error) {
    report(error);
  }
  storage.watch?.(key, keeper.follow, signal);
  return keeper;
}
