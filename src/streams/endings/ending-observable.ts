import { type Observable, type Observer, observable } from '@trpc/server/observable';
import type { OpenEnding } from './ending-iterator.ts';

/**
 * Passes on what an observable emits until its session ends, and then the reason, as an error. What is emitted while the
 * session is looked up is held back.
 */
export function endingObservable(source: Observable<unknown, unknown>, open: OpenEnding): Observable<unknown, unknown> {
  return observable((observer: Observer<unknown, unknown>) => {
    let held: (() => void)[] = [];
    let isDelivering = false;
    let isOver = false;

    function leave(): void {
      isOver = true;
      held = [];
      stream.close();
    }

    /** Rejects with what the consumer throws, which nobody handles: the source that emitted the value has already continued. */
    async function deliverHeld(): Promise<void> {
      isDelivering = true;
      try {
        while (held.length > 0) {
          for (let wait = stream.clearance(); wait !== null; wait = stream.clearance()) await wait;
          held.shift()?.();
        }
      } catch (error) {
        leave();
        subscription?.unsubscribe();
        throw error;
      } finally {
        isDelivering = false;
      }
    }

    function pass(deliver: () => void): void {
      if (isOver) return;
      if (!isDelivering && stream.clearance() === null) return deliver();
      held.push(deliver);
      if (!isDelivering) void deliverHeld();
    }

    /** In a microtask of its own: a consumer that throws ends nobody else's stream. */
    function end(reason: Error | null): void {
      isOver = true;
      held = [];
      if (reason !== null) queueMicrotask(() => observer.error(reason)); // which unsubscribes
    }

    let subscription: { unsubscribe(): void } | null = null;
    const stream = open({ onEnd: end });
    if (isOver) return;
    subscription = source.subscribe({
      next: (value) => pass(() => observer.next(value)),
      error: (error) =>
        pass(() => {
          leave();
          observer.error(error);
        }),
      complete: () =>
        pass(() => {
          leave();
          observer.complete();
        }),
    });
    return () => {
      leave();
      subscription?.unsubscribe();
    };
  });
}
