import type { Operation } from '@trpc/client';

/** The headers of a request; without a session there are none. Also right as `connectionParams`. */
export type DurinHeaders = { authorization?: string };

/** What tRPC's links pass to their option `headers`: a call, or the calls of a batch; nothing for a connection. */
export interface HeadersSource {
  readonly op?: Operation;
  readonly opList?: readonly Operation[];
}
