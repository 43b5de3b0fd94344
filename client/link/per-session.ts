import type { Operation, TRPCLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import type { Era } from '../session/session.ts';
import type { DurinHeaders } from './headers.ts';

/** What sends the calls of one session. */
export interface Connection<TRouter extends AnyTRPCRouter> {
  readonly link: TRPCLink<TRouter>;
  /** Called when there are calls of another session to send. What is under way is to be answered before it closes. */
  readonly close?: () => unknown;
}

/**
 * A terminating link for connections that say who calls once, when they open, as WebSockets do: opens one for each
 * session.
 * @param open is given the session's headers, whoever is signed in by then; they are right as `connectionParams`
 * @param eraOf tells the era of a call that is sent with that era's token
 * @param signal closes the connection
 */
export function perSession(
  open: (headers: () => DurinHeaders) => Connection<AnyTRPCRouter>,
  eraOf: (op: Operation) => Era,
  headersOf: (era: Era) => DurinHeaders,
  signal: AbortSignal,
): TRPCLink<AnyTRPCRouter> {
  return (runtime) => {
    let current: Era;
    let connection: Connection<AnyTRPCRouter> | undefined;
    let send: ReturnType<TRPCLink<AnyTRPCRouter>>;
    const close = () => connection?.close?.();
    signal.addEventListener('abort', close);

    return (call) => {
      const era = eraOf(call.op);
      if (era !== current) {
        close();
        current = era;
        connection = open(() => headersOf(era));
        send = connection.link(runtime);
      }
      return send(call);
    };
  };
}
