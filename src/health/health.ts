/** A part that works. */
export interface PartUp {
  readonly status: 'up';
  /** Since when. Without an outage so far: since the durin was created. */
  readonly since: Date;
  /** Milliseconds of its answer to the check. `null`: it is not measured. */
  readonly latencyMs: number | null;
}

/** A part that the app does not use. */
export interface PartUnused {
  readonly status: 'unused';
}

/** What the failure of a part is: `down` refuses calls, `degraded` makes durin do without it. */
export interface PartFailing<TStatus extends 'down' | 'degraded'> {
  readonly status: TStatus;
  readonly since: Date;
  /** A line for logs, without passwords, such as `connect ECONNREFUSED 127.0.0.1:6379`. */
  readonly reason: string;
}

/** The state of what durin depends on, as this process sees it. */
export interface Health {
  /** Whether calls can be answered: the database is up. No other part refuses a call by its failure. */
  readonly isHealthy: boolean;
  /** Whether a part is degraded. */
  readonly isDegraded: boolean;
  /** Down: calls that need it are refused with STORE_UNAVAILABLE. Cached sessions are still accepted. */
  readonly database: PartUp | PartFailing<'down'>;
  /** The cache's store. Degraded: look-ups read the database. */
  readonly store: PartUp | PartFailing<'degraded'> | PartUnused;
  /** The cache's bus. Degraded: no session is kept in this process, so look-ups read the store or the database. */
  readonly bus: PartUp | PartFailing<'degraded'> | PartUnused;
  /** The store of `throttle.redis` or `throttle.limiter`. Degraded: this process counts calls by itself. */
  readonly throttle: PartUp | PartFailing<'degraded'> | PartUnused;
}

/** What `durin.health` is. */
export type CheckHealth = () => Promise<Health>;
