import type { Quota } from '../values/rate.ts';
import type { Count, RateCounter } from './rate-counter.ts';

/** A semaphore per key, whose slots a counter hands out: running attempts hold them, failed ones used them up. */
export interface AttemptQueue {
  /**
   * Reserves a slot. A caller that finds every slot taken waits for a running attempt of this process, which may release
   * its slot. If none is running, the caller is refused.
   * @returns an exceeded count for a refused caller
   */
  enter(key: string, quota: Quota): Promise<Count>;
  /** Ends an attempt that entered. Its slot has been released before, or stays used up. */
  leave(key: string): void;
}

interface Waiting {
  readonly quota: Quota;
  readonly answer: PromiseWithResolvers<Count>;
}

interface Queue {
  running: number;
  /** Attempts that have ended. */
  ended: number;
  isAdmitting: boolean;
  /** In order of arrival. */
  readonly waiting: Waiting[];
}

export function createAttemptQueue(counter: Pick<RateCounter, 'reserve'>): AttemptQueue {
  const queues = new Map<string, Queue>();

  function openQueue(key: string): Queue {
    const queue = queues.get(key) ?? { running: 0, ended: 0, isAdmitting: false, waiting: [] };
    queues.set(key, queue);
    return queue;
  }

  /** Settles waiting callers one after another, until one has to wait for a running attempt. */
  async function admit(key: string, queue: Queue): Promise<void> {
    if (queue.isAdmitting) return;
    queue.isAdmitting = true;
    for (let next = queue.waiting[0]; next !== undefined; next = queue.waiting[0]) {
      const endedBefore = queue.ended;
      try {
        const count = await counter.reserve(key, next.quota);
        if (count.isExceeded && queue.ended !== endedBefore) continue; // a slot may have been released meanwhile
        if (count.isExceeded && queue.running > 0) break;
        if (!count.isExceeded) queue.running += 1;
        next.answer.resolve(count);
      } catch (error) {
        next.answer.reject(error);
      }
      queue.waiting.shift();
    }
    queue.isAdmitting = false; // in the same turn as the decision to wait, or the next leave() would admit nobody
    if (queue.running === 0 && queue.waiting.length === 0) queues.delete(key);
  }

  return {
    enter(key, quota) {
      const queue = openQueue(key);
      const answer = Promise.withResolvers<Count>();
      queue.waiting.push({ quota, answer });
      void admit(key, queue);
      return answer.promise;
    },
    leave(key) {
      const queue = openQueue(key);
      queue.running -= 1;
      queue.ended += 1;
      void admit(key, queue);
    },
  };
}
