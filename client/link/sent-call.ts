import type { Operation, TRPCClientError } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import type { Epoch } from '../session/epoch.ts';

/** What a link emits for a success, or for an event of a subscription. */
export interface Result {
  /** The output. That of a login has a token. */
  readonly data?: { readonly token?: string } | null;
  /** Sent with an event that is `tracked`. */
  readonly id?: string;
}

/** A call that was sent, and may be sent again after the user has confirmed their identity. */
export interface SentCall {
  readonly op: Operation;
  readonly epoch: Epoch;
  /** Aborted when its caller has left it, or has its answer. */
  readonly left: AbortSignal;
  /** Calls are numbered in the order in which they are sent. */
  number: number;
  /** Whether it waits for the user. */
  isWaiting?: boolean;
  /** Whether it was sent again because the user was asked for it. */
  wasAsked?: boolean;
  /** The last result with data since it was sent. */
  last?: Result | undefined;
  /** What it is sent again with: an input that continues a subscription after its last tracked event. */
  resumed?: { readonly input: unknown };
  /** Sends it again. */
  readonly send: () => void;
  readonly fail: (error: TRPCClientError<AnyTRPCRouter>) => void;
}
