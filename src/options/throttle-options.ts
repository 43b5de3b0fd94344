import type { CreateLimiter } from '../throttle/create-counters.ts';
import type { Ioredis, RateLimitRedis } from '../throttle/rate-limit-redis.ts';
import type { Rate } from '../values/rate.ts';

export interface LoginThrottleOptions {
  /** Failed logins per user name and address. Default: `'10/m'`; `null`: no limit. */
  perUser?: Rate | null | undefined;
  /**
   * Failed logins per address, and ten times as many per /48 of IPv6. Default: `'100/m'`; `null`: no limit. Not applied if
   * the address is unknown.
   */
  perAddress?: Rate | null | undefined;
  /**
   * Failed logins per user name, from all addresses together. Addresses from which the user has signed in within 30 days
   * neither count nor are refused. Default: `'100/h'`; `null`: no limit. Not applied if the address is unknown.
   */
  perAccount?: Rate | null | undefined;
  /**
   * Failed logins per user name if the address is unknown, in place of the other three. Default: `'60/m'`, or `perUser` if
   * that is changed; `null`: no limit.
   */
  unknownAddress?: Rate | null | undefined;
  /** Logins with a right password per address, or per user name if it is unknown. Default: `'1200/m'`; `null`: no limit. */
  successes?: Rate | null | undefined;
  /**
   * How many logins are verified at once. Others wait. Default: one per core, at least 2 and at most 3. Set a larger number
   * if `verifyCredentials` calls another service, because it then waits more than it computes.
   */
  concurrency?: number | undefined;
  /** How many logins may wait. Beyond it, logins are refused with THROTTLED. Default: 1000. */
  queue?: number | undefined;
  /**
   * Returns the user name of a login input, by which failures are counted. Default: its `username`, `email` and `login`,
   * each that it has, without regard to case, invisible characters and compatibility forms (NFKC).
   */
  userKey?: ((input: Readonly<Record<string, unknown>>) => string | null | undefined) | undefined;
}

export interface ThrottleOptions {
  /** Calls per user and client, for clients without a `throttleRate`. Default: `null`, no limit. */
  rate?: Rate | null | undefined;
  /**
   * Calls of `durinRouter` per session, except `login`, `logout` and `session`. They do not count against `rate`. Default: `'120/m'`;
   * `null`: no limit.
   */
  authRouter?: Rate | null | undefined;
  /**
   * A connected client, pool, cluster or sentinel of the package `redis`, or a client or cluster of ioredis, which counts for
   * all processes together. The app closes it. While Redis fails, each process counts by itself. Default: each process always
   * counts by itself.
   */
  redis?: RateLimitRedis | Ioredis | undefined;
  /**
   * Creates a limiter of rate-limiter-flexible over another store, such as Postgres, Valkey or Memcached, in place of `redis`.
   * Each call has a deadline of 100 milliseconds. While the store fails, each process counts by itself. Default: none.
   *
   * @example
   * // The table is one of a migration. A limiter that creates it itself cannot be used if the database is down at the start.
   * limiter: (options) =>
   *   new RateLimiterPostgres({ ...options, storeClient: pool, tableName: 'rate_limit', tableCreated: true }),
   */
  limiter?: CreateLimiter | undefined;
  /**
   * Starts the keys in Redis or the limiter's store. Default: `'durin:rate:'` and the name of the database, with its schema unless that is
   * `public`. Apps that share a store and have the same names need one each.
   */
  prefix?: string | undefined;
  /** Limits on logins, or `false` for none. */
  login?: LoginThrottleOptions | false | undefined;
}
