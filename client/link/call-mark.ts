import type { Operation } from '@trpc/client';
import type { Epoch } from '../session/epoch.ts';
import type { SessionEvent } from '../session/session.ts';

/** A call as the links see it. A link that retries it passes it on again, with its mark. */
export interface MarkedOperation extends Operation {
  durin?: CallMark;
}

/** What the SDK knows of a call. */
export interface CallMark {
  /** The epoch in which the call was made. */
  readonly epoch: Epoch;
  /** The same, once a link has read the headers of this call. Absent: the token is that of the shared connection. */
  sentIn?: Epoch;
}

/** A connection that authenticates once for all of its calls, such as one WebSocket for the whole app. */
export interface SharedConnection {
  /** The epoch that the connection was opened in, or moved to by a login. Absent if there is no such connection. */
  epoch?: Epoch;
  /** The last token that came over it: that of the session to which the server has moved it. */
  token?: string | undefined;
}

type LoginEvent = Extract<SessionEvent, { type: 'login' }>;

/** Moves the connection to the epoch of a login whose token came over it. */
export function followLogin(connection: SharedConnection, { epoch, session }: LoginEvent): void {
  if (connection.epoch && connection.token === session.token) connection.epoch = epoch;
}
