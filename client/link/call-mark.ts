import type { Epoch } from '../session/epoch.ts';

/** The entry `durin` of a call's context. */
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
  /** The outputs of the calls that went over it. With each login among them, the server has moved the connection. */
  readonly outputs: WeakSet<object>;
}

/** Moves the connection to the epoch of a login, if the login went over it. */
export function followLogin(connection: SharedConnection, output: unknown, epoch: Epoch): void {
  if (connection.epoch && connection.outputs.has(Object(output))) connection.epoch = epoch;
}
