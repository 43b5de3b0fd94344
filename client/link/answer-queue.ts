import { createQueue } from '../session/queue.ts';
import type { SessionEvent } from '../session/session.ts';
import type { SessionStore } from '../session/session-store.ts';

/**
 * Creates the function that delivers the answers to one call. It runs `deliver` after everything queued before, once the
 * event, if any, is in the state and the storage.
 * @param onError receives what `deliver` throws
 * @param signal stops the delivery; events still count
 */
export function createAnswerQueue(store: SessionStore, onError: (error: unknown) => void, signal: AbortSignal) {
  const run = createQueue(onError, store.restoring);

  return function enqueue(deliver: () => void, event?: SessionEvent): void {
    void run(async () => {
      if (event) await store.dispatch(event);
      if (!signal.aborted) deliver();
    });
  };
}
