/** Calls that a user made through a client on a day. */
export interface CallCount {
  readonly client: string;
  /** In UTC, such as `2026-11-23`. */
  readonly day: string;
  readonly userId: unknown;
  /** Negative if more were taken back than were made since the last count. */
  readonly calls: number;
}

/** The calls of a day, and the users who made them. */
export interface DayCalls {
  readonly day: string;
  readonly calls: number;
  readonly users: number;
}

export interface ClientCalls {
  readonly client: string;
  readonly calls: number;
  readonly users: number;
}

export interface UserCalls {
  readonly userId: unknown;
  readonly calls: number;
}

/** The port to `durin_usage`. Days are in UTC, such as `2026-11-23`; `since` is the first of them. */
export interface UsageStore {
  /** Adds the calls to those that are counted already. */
  add(counts: readonly CallCount[]): Promise<void>;
  /** Days without calls are left out. `null`: all clients. */
  byDay(client: string | null, since: string): Promise<DayCalls[]>;
  /** The most called clients first. */
  byClient(since: string): Promise<ClientCalls[]>;
  /** The most active users first. */
  byUser(client: string | null, since: string, limit: number): Promise<UserCalls[]>;
  /** Deletes at most `limit` counts of days before this one. Returns how many it deleted. */
  deleteBefore(day: string, limit: number): Promise<number>;
}
