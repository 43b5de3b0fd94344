import type { Operation } from '@trpc/client';

/** The headers of a request: empty while nobody is signed in. They also serve as `connectionParams`. */
export type DurinHeaders = { authorization?: string };

/** The argument that tRPC's links pass to their option `headers`: one call, or the calls of a batch. */
export interface HeadersSource {
  readonly op?: Operation;
  readonly opList?: readonly Operation[];
}
