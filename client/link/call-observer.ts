import type { Operation, TRPCClientError, TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import { refreshTimeoutMs } from '../session/refresh-time.ts';
import type { SessionStore } from '../session/session-store.ts';
import { answerEvent } from './answer-event.ts';
import { createAnswerQueue } from './answer-queue.ts';
import type { CallMark, SharedConnection } from './call-mark.ts';
import type { Confirm } from './confirmation.ts';
import { endReasonOf } from './end-reason.ts';

export type Call = Parameters<ReturnType<TRPCLink<AnyTRPCRouter>>>[0];

/**
 * Assigns each call to the epoch in which it is made, and turns its answer into an event. An answer that changes the
 * session reaches the caller once the change is stored.
 * @param path where the durin router is mounted
 * @param confirm lets a refused call be sent again, once
 * @param connection moves to the new epoch when a login goes over it
 */
export function createCallObserver(store: SessionStore, path: string, connection: SharedConnection, confirm: Confirm) {
  const marks = new WeakMap<Operation, CallMark>();

  return function observeCall({ op, next }: Call) {
    store.calls += 1;
    const call = store.calls;
    const procedure = op.path.startsWith(`${path}.`) ? op.path.slice(path.length + 1) : '';

    return observable((observer) => {
      const ending = new AbortController();
      const enqueue = createAnswerQueue(store, observer.error, ending.signal);
      const onEnd = (cleanup: () => void) => ending.signal.addEventListener('abort', cleanup);

      function send(isRepeated = false): void {
        // A call that an earlier link retries keeps its mark, and so its epoch.
        const mark: CallMark = marks.get(op) ?? { epoch: store.state.epoch };
        const { epoch } = mark;
        const connectedIn = connection.epoch ?? epoch;
        marks.set(op, mark);

        /** The epoch whose token the server saw. An answer over a shared connection is about the connection's session. */
        const sentIn = () => mark.sentIn ?? connectedIn;

        function completeWithSession(): void {
          if (epoch !== store.state.epoch) enqueue(observer.complete);
        }
        if (op.type === 'subscription' && epoch.token()) onEnd(store.subscribe(completeWithSession));

        if (procedure.startsWith('logout')) {
          epoch.isEnding = true;
          onEnd(() => {
            epoch.isEnding = false;
          });
        }

        function fail(error: TRPCClientError<AnyTRPCRouter>): void {
          const refusal = endReasonOf(error);
          const reason = refusal && sentIn().isEnding ? 'logged-out' : refusal;
          enqueue(() => observer.error(error), reason && { type: 'end', epoch: sentIn(), reason });
        }

        async function sendAgain(error: unknown): Promise<void> {
          try {
            await confirm(error, epoch, call);
            enqueue(() => send(true));
          } catch (failure) {
            fail(failure as TRPCClientError<AnyTRPCRouter>);
          }
        }

        const sent = next({ ...op, context: { ...op.context, durin: mark } }).subscribe({
          next(envelope) {
            if (procedure === 'reauthenticate') epoch.provenAt = store.calls;
            const event = answerEvent(procedure, sentIn(), call, envelope);
            if (event?.type === 'login' && !mark.sentIn) connection.epoch &&= event.epoch;
            enqueue(() => observer.next(envelope), event);
          },
          error: isRepeated ? fail : sendAgain,
          complete: () => enqueue(observer.complete),
        });
        onEnd(() => sent.unsubscribe());
      }

      if (procedure === 'refresh') {
        const timer = setTimeout(observer.error, refreshTimeoutMs, new Error('Refresh timed out.'));
        onEnd(() => clearTimeout(timer));
      }
      if (store.restoring) enqueue(() => send());
      else send();

      return () => ending.abort();
    });
  };
}
