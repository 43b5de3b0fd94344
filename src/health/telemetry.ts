import type { DurinErrorCode } from '../wire.ts';

/** What answered a look-up: the memory of this process, the cache's store, or the database. */
export type LookUpSource = 'memory' | 'store' | 'database';

/** How many look-ups each source has answered. A look-up that shares another one's answer is not counted. */
export type LookUpCounts = Record<LookUpSource, number>;

/** Runs work, and returns what it returns. */
export type Observe = <T>(work: () => Promise<T>) => Promise<T>;

/** Sees what durin does, for `instrumentDurin`. It must not throw. */
export interface Observer {
  /** Sees the judgement of credentials. */
  readonly authenticate: Observe;
  readonly login: Observe;
  /** Sees a look-up that leaves the process. It starts before the call of `authenticate` that it is for has returned. */
  readonly lookUp: Observe;
  /** Called with each refusal of credentials, a guard, a login or a limit. */
  refused(code: DurinErrorCode): void;
  /** Ends the observation. Called when the durin is closed. */
  stop(): void;
}

/** What can be seen of a durin. Without an observer it costs the check that there is none. */
export interface Telemetry {
  /** `null`: nobody observes. */
  observer: Observer | null;
  readonly lookUps: LookUpCounts;
}

export function createTelemetry(): Telemetry {
  return { observer: null, lookUps: createLookUpCounts() };
}

export function createLookUpCounts(): LookUpCounts {
  return { memory: 0, store: 0, database: 0 };
}

/** Returns the operation, which an observer sees from now on. */
export function observed<TArgs extends unknown[], T>(
  telemetry: Pick<Telemetry, 'observer'>,
  operation: 'authenticate' | 'login' | 'lookUp',
  work: (...args: TArgs) => Promise<T>,
): (...args: TArgs) => Promise<T> {
  return (...args) => {
    const { observer } = telemetry;
    return observer === null ? work(...args) : observer[operation](() => work(...args));
  };
}
