import type { TRPCClientError, TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import type { CookieSession } from '../session/cookie-session.ts';
import type { CookieTabs } from '../session/cookie-tabs.ts';
import { type Epoch, isEnding } from '../session/epoch.ts';
import { refreshTimeoutMs } from '../session/refresh-time.ts';
import { missingToken, type SessionEvent } from '../session/session.ts';
import type { SessionStore } from '../session/session-store.ts';
import { otherTabsMs } from '../storage/page.ts';
import { answerEvent } from './answer-event.ts';
import { createAnswerQueue } from './answer-queue.ts';
import { followLogin, type MarkedOperation, type SharedConnection } from './call-mark.ts';
import type { Confirm } from './confirmation.ts';
import { endReasonOf } from './end-reason.ts';
import type { Result, SentCall } from './sent-call.ts';

export type Call = Parameters<ReturnType<TRPCLink<AnyTRPCRouter>>>[0];

/**
 * Assigns each call to the epoch in which it is made, and turns its answer into an event. An answer that changes the
 * session reaches the caller once the change is stored.
 * @param path where the durin router is mounted
 * @param connection moves to the new epoch when a login goes over it
 * @param confirm lets a refused call be sent again, once for each time that the user is asked. Absent: it fails.
 * @param cookie with `transport: 'cookie'`
 */
export function createCallObserver(
  store: SessionStore,
  path: string,
  connection: SharedConnection,
  confirm: Confirm | undefined,
  cookie: CookieSession | undefined,
) {
  let loaded: CookieTabs | undefined;

  return function observeCall({ op, next }: Call) {
    store.calls += 1;
    const number = store.calls;
    const procedure = op.path.startsWith(`${path}.`) ? op.path.slice(path.length + 1) : '';
    void cookie?.((tabs) => {
      loaded = tabs;
      if (procedure !== 'session') tabs.open(); // a question of the SDK does not start a page that has stopped
    });
    const isEnd = procedure.startsWith('logout');
    const isRenewal = procedure === 'refresh';

    return observable((observer) => {
      const ending = new AbortController();
      const enqueue = createAnswerQueue(store, observer.error, ending.signal);
      const onEnd = (cleanup: () => void) => ending.signal.addEventListener('abort', cleanup);

      function start(): void {
        const marked: MarkedOperation = op;
        marked.durin ??= { epoch: store.state.epoch }; // a call that an earlier link retries keeps its epoch
        const mark = marked.durin;
        const { epoch } = mark;
        const call: SentCall = { op, epoch, left: ending.signal, number, send, fail };
        let connectedIn: Epoch;

        /** The epoch whose token the server saw. An answer over a shared connection is about the connection's session. */
        const sentIn = () => mark.sentIn ?? connectedIn;

        /** Delivers the answer. If it may have replaced the cookie of another session, all tabs ask the server. */
        function settle(deliver: () => void, event?: SessionEvent): void {
          if ((isEnd || isRenewal) && (sentIn() !== store.state.epoch || !store.state.session))
            void cookie?.((tabs) => tabs.recheck());
          enqueue(deliver, event);
        }

        function completeWithSession(): void {
          if (epoch !== store.state.epoch && !call.isWaiting) enqueue(observer.complete);
        }
        if (op.type === 'subscription' && epoch.token()) onEnd(store.subscribe(completeWithSession));
        if (isEnd) epoch.logout = ending.signal;

        function fail(error: TRPCClientError<AnyTRPCRouter>): void {
          const refusal = endReasonOf(error, store);
          const reason = refusal && isEnding(sentIn()) ? 'logged-out' : refusal;
          const end = () => settle(() => observer.error(error), reason && { type: 'end', epoch: sentIn(), reason });
          // When another tab logs out, the server may end this tab's stream before the logout shows in the storage.
          if (reason === 'revoked' && op.type === 'subscription') setTimeout(end, otherTabsMs);
          else end();
        }

        function send(): void {
          connectedIn = connection.epoch ?? epoch;
          const sent = next({ ...op, ...call.resumed }).subscribe({
            next(envelope) {
              const result = envelope.result as Result;
              if (result.data !== undefined) call.last = result;
              if (procedure === 'reauthenticate') sentIn().provenAt = store.calls;
              if (!mark.sentIn) connection.token = result.data?.token ?? connection.token;
              const event = answerEvent(procedure, store.usesCookie, sentIn(), number, envelope);
              if (event?.type === 'login') {
                if (!event.session.token) return fail(missingToken() as TRPCClientError<AnyTRPCRouter>);
                followLogin(connection, event);
              }
              settle(() => observer.next(envelope), event);
              void loaded?.checkIfOpen();
            },
            error: (error) => (confirm && epoch === sentIn() ? confirm(error, call) : fail(error)),
            complete: () => enqueue(observer.complete),
          });
          onEnd(() => sent.unsubscribe());
        }
        send();
      }

      if (isRenewal) {
        const timer = setTimeout(observer.error, refreshTimeoutMs, new Error('Refresh timed out.'));
        onEnd(() => clearTimeout(timer));
      }
      if (cookie && (isEnd || isRenewal || procedure === 'login')) {
        const begin = () => enqueue(start);
        void cookie((tabs) => tabs.takeTurn(begin, ending.signal), begin);
      } else if (store.restoring) enqueue(start);
      else start();

      return () => ending.abort();
    });
  };
}
