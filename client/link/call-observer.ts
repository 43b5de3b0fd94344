import type { Operation, TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import { refreshTimeoutMs } from '../session/refresh-time.ts';
import type { SessionStore } from '../session/session-store.ts';
import { answerEvent } from './answer-event.ts';
import { createAnswerQueue } from './answer-queue.ts';
import type { CallMark, SharedConnection } from './call-mark.ts';
import { durinProcedure } from './durin-procedure.ts';
import { endReasonOf } from './end-reason.ts';

export type Call = Parameters<ReturnType<TRPCLink<AnyTRPCRouter>>>[0];

/**
 * Assigns each call to the epoch in which it is made, and turns its answer into an event. An answer that changes the
 * session reaches the caller once the change is stored.
 * @param path where the durin router is mounted
 * @param connection moves to the new epoch when a login goes over it
 */
export function createCallObserver(store: SessionStore, path: string, connection: SharedConnection) {
  const marks = new WeakMap<Operation, CallMark>();
  let calls = 0;

  return function observeCall({ op, next }: Call) {
    calls += 1;
    const call = calls;
    const procedure = durinProcedure(op.path, path);

    return observable((observer) => {
      const cleanups: (() => void)[] = [];
      const answers = createAnswerQueue(store, observer.error);

      function send(): void {
        // A call that an earlier link retries keeps its mark, and so its epoch.
        const mark: CallMark = marks.get(op) ?? { epoch: store.state.epoch };
        const { epoch } = mark;
        marks.set(op, mark);

        function completeWithSession(): void {
          if (epoch !== store.state.epoch) answers.push(observer.complete);
        }
        if (op.type === 'subscription' && epoch.token) cleanups.push(store.subscribe(completeWithSession));

        if (procedure.startsWith('logout')) {
          epoch.isLoggingOut = true;
          cleanups.push(() => {
            epoch.isLoggingOut = false;
          });
        }

        const sent = next({ ...op, context: { ...op.context, durin: mark } }).subscribe({
          next(envelope) {
            const event = answerEvent(procedure, epoch, call, envelope);
            answers.push(() => {
              if (event && !mark.sentIn && connection.epoch) connection.epoch = store.state.epoch;
              observer.next(envelope);
            }, event);
          },
          error(error) {
            const sentIn = mark.sentIn ?? connection.epoch ?? epoch;
            const refusal = endReasonOf(error);
            const reason = refusal && sentIn.isLoggingOut ? 'logged-out' : refusal;
            answers.push(() => observer.error(error), reason && { type: 'end', epoch: sentIn, reason });
          },
          complete: () => answers.push(observer.complete),
        });
        cleanups.push(() => sent.unsubscribe());
      }

      if (procedure === 'refresh') {
        const timer = setTimeout(observer.error, refreshTimeoutMs, new Error('Refresh timed out.'));
        cleanups.push(() => clearTimeout(timer));
      }
      if (store.restoring) answers.push(send);
      else send();

      return () => {
        answers.close();
        for (const cleanup of cleanups) cleanup();
      };
    });
  };
}
