import type { PolicyOf } from '../trpc/policy-of.ts';
import type { AdminCaller } from './admin-caller.ts';

/** What commands act on: the app of a config file, or a server. */
export interface OpenedAdmin {
  readonly admin: AdminCaller;
  /** Where the app's code is; `null`: on a server. */
  readonly local: LocalApp | null;
  /** The clock, in milliseconds. */
  readonly now: () => number;
  /** Closes what was opened. */
  close(): Promise<void>;
}

/** What only code can do. */
export interface LocalApp {
  readonly policyOf: PolicyOf;
}
