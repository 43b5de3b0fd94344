import { decide, type Fact, initialState, type Session, type SessionState } from './session.ts';
import { readSession, writeSession } from './session-text.ts';
import type { DurinStorage } from './storage.ts';

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
  let state = initialState;
  let knownText: string | null = null; // what the storage holds, as far as is known
  let queue = Promise.resolve();
  let restoring: Promise<void> | undefined;

  /** One after the other: what the storage is told first must not be done last. */
  function inTurn(work: () => Promise<void>): Promise<void> {
    return (queue = queue.then(work).catch(onStorageError));
  }

  /** Whether there was anything to change. */
  function change(fact: Fact): boolean {
    const before = state;
    state = decide(before, fact);
    if (state === before) return false;
    for (const listener of listeners) queueMicrotask(listener); // one that throws fails nothing else
    return true;
  }

  function take(text: string | null = null): void {
    if (text === knownText) return;
    const session = text && readSession(text);
    if (text && !session) return; // what is not ours is overwritten by the next login
    knownText = text;
    change({ session: session || null, reason: 'logged-out' });
  }

  async function put(session: Session | null): Promise<void> {
    const text = session && writeSession(session);
    await (text ? storage.set(key, text) : storage.remove(key));
    knownText = text;
  }

  async function read(): Promise<void> {
    take(await storage.get(key));
  }

  const follow = () => inTurn(read);

  try {
    const found = storage.get(key) as Awaited<ReturnType<DurinStorage['get']>> & Partial<Promise<never>>;
    if (found?.then) restoring = inTurn(async () => take(await found)).then(endRestoring);
    else take(found);
  } catch (error) {
    onStorageError(error);
  }

  function endRestoring(): void {
    restoring = undefined;
  }

  storage.watch?.(key, () => void follow(), signal);

  return {
    get state() {
      return state;
    },
    get restoring() {
      return restoring;
    },
    learn: (fact) =>
      inTurn(async () => {
        await read().catch(onStorageError);
        if (!change(fact)) return;
        await put(state.session).catch((error) => {
          onStorageError(error);
          return put(null); // what a full storage still holds may be another user's
        });
      }),
    follow,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
