import type { BoundedByTimeout } from '../database/database-timeout.ts';
import type { ClientCalls, DayCalls, UsageStore, UserCalls } from '../database/records/usage-store.ts';
import { DurinUsageError } from '../errors.ts';
import { lastDays } from './usage-days.ts';

/** Which calls to count. */
export interface UsageFilter {
  /** A client's name. Default: all clients. */
  client?: string | undefined;
  /** The number of days, today included: 1 to 366. Default: 30. */
  days?: number | undefined;
}

/** The calls of a day in UTC. */
export interface UsageDayCalls {
  /** `2026-11-23` */
  readonly day: string;
  readonly calls: number;
  /** The users who made them. */
  readonly users: number;
}

/** The calls through a client. */
export interface UsageClientCalls {
  readonly client: string;
  readonly calls: number;
  readonly users: number;
}

/** The calls of a user. */
export interface UsageUserCalls<TUserId = unknown> {
  readonly userId: TUserId;
  readonly calls: number;
}

/**
 * `durin.usage`: the calls per client, user and day (UTC). A call is one that a guard has let in, or `durin.authenticate`. Calls of
 * the last second may not be counted yet; `durin.flush()` writes them.
 */
export interface DurinUsageCounts<TUserId> {
  /**
   * Counts the calls of each day, the earliest first. Includes days without calls.
   * @throws DurinUsageError naming the filter that is wrong, or if `defineDurinEntities` was called without `usage`
   * @throws DurinError STORE_UNAVAILABLE
   * @example const days = await durin.usage.byDay({ client: 'api', days: 7 });
   */
  byDay(filter?: UsageFilter): Promise<UsageDayCalls[]>;
  /** Counts the calls of each client, the most called one first. Throws as `byDay` does. */
  byClient(filter?: Pick<UsageFilter, 'days'>): Promise<UsageClientCalls[]>;
  /**
   * Counts the calls of the most active users. Throws as `byDay` does.
   * @param filter.limit the most users, at most 1000. Default: 10
   */
  byUser(filter?: UsageFilter & { limit?: number | undefined }): Promise<UsageUserCalls<TUserId>[]>;
}

export interface DurinUsageCountsDeps {
  /** `null`: calls are not counted. */
  readonly usageStore: UsageStore | null;
  readonly bounded: BoundedByTimeout;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

const defaultDays = 30;
const maxDays = 366;
const maxUsers = 1000;

export function createDurinUsageCounts({ usageStore, bounded, now }: DurinUsageCountsDeps): DurinUsageCounts<unknown> {
  function requireStore(): UsageStore {
    if (usageStore !== null) return usageStore;
    throw new DurinUsageError('durin.usage: calls are not counted. Call defineDurinEntities with usage: true');
  }

  return {
    async byDay({ client, days = defaultDays } = {}) {
      const store = requireStore();
      return bounded(() => callsByDay(store, clientOf(client), lastDays(wholeNumber('days', days, maxDays), now())));
    },

    async byClient({ days = defaultDays } = {}): Promise<ClientCalls[]> {
      const store = requireStore();
      const [since = ''] = lastDays(wholeNumber('days', days, maxDays), now());
      return bounded(() => store.byClient(since));
    },

    async byUser({ client, days = defaultDays, limit = 10 } = {}): Promise<UserCalls[]> {
      const store = requireStore();
      const [since = ''] = lastDays(wholeNumber('days', days, maxDays), now());
      return bounded(() => store.byUser(clientOf(client), since, wholeNumber('limit', limit, maxUsers)));
    },
  };
}

/** The calls of each of these days. */
export async function callsByDay(
  store: Pick<UsageStore, 'byDay'>,
  client: string | null,
  days: readonly string[],
): Promise<DayCalls[]> {
  const found = new Map((await store.byDay(client, days[0] ?? '')).map((calls) => [calls.day, calls]));
  return days.map((day) => found.get(day) ?? { day, calls: 0, users: 0 });
}

function clientOf(client: unknown): string | null {
  if (client === undefined) return null;
  if (typeof client === 'string') return client;
  throw new DurinUsageError("client must be a client's name");
}

function wholeNumber(name: string, value: number, max: number): number {
  if (Number.isInteger(value) && value >= 1 && value <= max) return value;
  throw new DurinUsageError(`${name} must be a whole number from 1 to ${max}`);
}
