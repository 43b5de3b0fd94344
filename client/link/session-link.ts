import type { TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import type { SessionStore } from '../session/session-store.ts';
import type { SharedConnection } from './call-mark.ts';
import { type Call, createCallObserver } from './call-observer.ts';
import type { Confirm } from './confirmation.ts';
import { createHeaderSource } from './header-source.ts';
import { perSession } from './per-session.ts';

/**
 * Creates what an app's tRPC client needs: the link that observes its calls, and the headers they are sent with.
 * @param path where the durin router is mounted
 * @param scheme the first word of the Authorization header
 * @param signal closes the connections of `perSession`
 * @param connection the one that authenticates once for all calls, if the app has such a connection
 * @param confirm lets refused calls be sent again
 * @returns also `ownLinks`, the links of a client that sends its calls through the link that sent the app's last one
 */
export function createSessionLink(
  store: SessionStore,
  path: string,
  scheme: string,
  signal: AbortSignal,
  connection: SharedConnection,
  confirm: Confirm | undefined,
) {
  const observe = createCallObserver(store, path, connection, confirm);
  let lastNext: Call['next'] | undefined;

  const link: TRPCLink<AnyTRPCRouter> = () => (call) => {
    if (call.op.type !== 'subscription') lastNext = call.next;
    return observe(call);
  };

  function sendLikeLast({ op }: Call) {
    if (!lastNext) throw new Error('Call auth.connect first.');
    return lastNext(op);
  }

  return {
    link,
    headers: createHeaderSource(store, scheme, connection),
    ownLinks: [() => observe, () => sendLikeLast],
    perSession: (open: Parameters<typeof perSession>[0]) => perSession(open, store, scheme, signal),
  };
}
