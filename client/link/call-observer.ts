import type { Operation, TRPCClientError, TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import { refreshTimeoutMs } from '../session/refresh-time.ts';
import type { SessionStore } from '../session/session-store.ts';
import { answerEvent } from './answer-event.ts';
import { createAnswerQueue } from './answer-queue.ts';
import { type CallMark, followLogin, type SharedConnection } from './call-mark.ts';
import type { Confirm } from './confirmation.ts';
import { endReasonOf } from './end-reason.ts';
import { resumedInput } from './resumed-input.ts';

export type Call = Parameters<ReturnType<TRPCLink<AnyTRPCRouter>>>[0];

/** A WebSocket sets the type of a result with data, HTTP does not. */
interface Result {
  readonly type?: 'started' | 'stopped' | 'state' | 'data';
  readonly data?: unknown;
  /** Sent by a subscription whose events are `tracked`. */
  readonly id?: string;
}

/**
 * Assigns each call to the epoch in which it is made, and turns its answer into an event. An answer that changes the
 * session reaches the caller once the change is stored.
 * @param path where the durin router is mounted
 * @param connection moves to the new epoch when a login goes over it
 * @param confirm lets a refused call be sent again, once for each time that the user is asked. Absent: it fails.
 */
export function createCallObserver(
  store: SessionStore,
  path: string,
  connection: SharedConnection,
  confirm: Confirm | undefined,
) {
  const marks = new WeakMap<Operation, CallMark>();

  return function observeCall({ op, next }: Call) {
    store.calls += 1;
    let call = store.calls;
    const procedure = op.path.startsWith(`${path}.`) ? op.path.slice(path.length + 1) : '';

    return observable((observer) => {
      const ending = new AbortController();
      const enqueue = createAnswerQueue(store, observer.error, ending.signal);
      const onEnd = (cleanup: () => void) => ending.signal.addEventListener('abort', cleanup);

      function start(): void {
        // A call that an earlier link retries keeps its mark, and so its epoch.
        const mark: CallMark = marks.get(op) ?? { epoch: store.state.epoch };
        const { epoch } = mark;
        marks.set(op, mark);
        let connectedIn = epoch;
        let isConfirming = false;
        /** Whether the user was asked for this call, and it has had no data since. */
        let wasAsked = false;
        let lastEventId: string | undefined;

        /** The epoch whose token the server saw. An answer over a shared connection is about the connection's session. */
        const sentIn = () => mark.sentIn ?? connectedIn;

        function completeWithSession(): void {
          if (epoch !== store.state.epoch && !isConfirming) enqueue(observer.complete);
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

        async function confirmOrFail(error: TRPCClientError<AnyTRPCRouter>): Promise<void> {
          try {
            if (!confirm || wasAsked || epoch !== sentIn()) throw error;
            isConfirming = true;
            wasAsked = await confirm(error, epoch, call, [ending.signal, op.signal]);
            isConfirming = false;
            if (epoch !== store.state.epoch) throw error;
            store.calls += 1;
            call = store.calls;
            send();
          } catch (failure) {
            fail(failure as TRPCClientError<AnyTRPCRouter>);
          }
        }

        function send(): void {
          if (ending.signal.aborted) return;
          connectedIn = connection.epoch ?? epoch;
          const input = resumedInput(op.input, lastEventId);
          const sent = next({ ...op, input, context: { ...op.context, durin: mark } }).subscribe({
            next(envelope) {
              const result = envelope.result as Result;
              if (!result.type || result.type === 'data') {
                wasAsked = false;
                lastEventId = result.id ?? lastEventId;
              }
              if (procedure === 'reauthenticate') sentIn().provenAt = store.calls;
              if (!mark.sentIn) connection.outputs.add(Object(result.data));
              const event = answerEvent(procedure, sentIn(), call, envelope);
              if (event?.type === 'login') followLogin(connection, result.data, event.epoch);
              enqueue(() => observer.next(envelope), event);
            },
            error: confirmOrFail,
            complete: () => enqueue(observer.complete),
          });
          onEnd(() => sent.unsubscribe());
        }
        send();
      }

      if (procedure === 'refresh') {
        const timer = setTimeout(observer.error, refreshTimeoutMs, new Error('Refresh timed out.'));
        onEnd(() => clearTimeout(timer));
      }
      if (store.restoring) enqueue(start);
      else start();

      return () => ending.abort();
    });
  };
}
