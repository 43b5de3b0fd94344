import type { SessionEvent } from '../session/session.ts';
import type { SessionStore } from '../session/session-store.ts';

/**
 * Creates the function that delivers the answers to one call. It runs `deliver` after everything queued before, once the
 * event, if any, is in the state and the storage.
 * @param onError receives what `deliver` throws
 * @param signal stops the delivery; events still count
 */
export function createAnswerQueue(store: SessionStore, onError: (error: unknown) => void, signal: AbortSignal) {
  let queue = Promise.resolve(store.restoring);

  return function enqueue(deliver: () => void, event?: SessionEvent): void {
    async function dispatchAndDeliver(): Promise<void> {
      if (event) await store.dispatch(event);
      if (!signal.aborted) deliver();
    }
    queue = queue.then(dispatchAndDeliver).catch(onError);
  };
}
