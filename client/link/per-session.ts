import type { TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import type { Epoch } from '../session/epoch.ts';
import type { SessionStore } from '../session/session-store.ts';
import { chooseEpoch, tokenHeaders } from './header-source.ts';
import type { DurinHeaders } from './headers.ts';

/** A link that sends the calls of one session. */
export interface Connection<TRouter extends AnyTRPCRouter> {
  readonly link: TRPCLink<TRouter>;
  /** Called before the first call of another session. It should let calls in progress finish. */
  readonly close?: () => unknown;
}

/**
 * Creates a terminating link for connections that authenticate once, when they open, as WebSockets do. It opens a new
 * connection for each session.
 * @param open receives the headers of its session, also if another one is current by the time it calls them
 * @param signal closes the connection
 */
export function perSession(
  open: (headers: () => DurinHeaders) => Connection<AnyTRPCRouter>,
  store: SessionStore,
  scheme: string,
  signal: AbortSignal,
): TRPCLink<AnyTRPCRouter> {
  return (runtime) => {
    let current: Epoch;
    let connection: Connection<AnyTRPCRouter> | undefined;
    let send: ReturnType<TRPCLink<AnyTRPCRouter>>;
    const close = () => connection?.close?.();
    signal.addEventListener('abort', close);

    return (call) => {
      const epoch = chooseEpoch(call.op, store);
      if (epoch !== current) {
        close();
        current = epoch;
        connection = open(() => tokenHeaders(epoch, scheme));
        send = connection.link(runtime);
      }
      return send(call);
    };
  };
}
