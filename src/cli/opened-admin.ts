import type { Internals } from '../durin/internals.ts';
import type { AdminCaller } from './admin-caller.ts';

/** What commands act on: the app of a config file, or a server. */
export interface OpenedAdmin {
  readonly admin: AdminCaller;
  /** The app, if its code is here; `null`: it is on a server. */
  readonly local: Internals | null;
  /** The clock, in milliseconds. */
  readonly now: () => number;
  /** Closes what was opened. */
  close(): Promise<void>;
}
