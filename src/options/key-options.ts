import type { Duration } from '../values/duration.ts';
import type { Rate } from '../values/rate.ts';

/** Makes the tokens of a client API keys, which users create with `keys.create`. Nobody can log in to such a client. */
export interface KeyOptions<TClientName extends string = string, TUser = object> {
  /** The keys that a user may have, 1 to 1000. Default: 50. */
  max?: number | undefined;
  /** The lifetime of a key that is created without one; `null`: it never expires. Default: the client's `tokenTtl`. */
  ttl?: Duration | null | undefined;
  /** The longest lifetime of a key that its user creates or rolls. Default: `null`, any. */
  maxTtl?: Duration | null | undefined;
  /**
   * How long ago the user may have signed in or reauthenticated to create or roll a key. Others are refused with
   * REAUTHENTICATION_REQUIRED. Default: any time.
   */
  fresh?: Duration | undefined;
  /**
   * The clients whose sessions may use `keys.*`. Others are refused with CLIENT_NOT_ALLOWED. Default: every client of the option
   * `clients` without `keys`, but that of `apiAccess`.
   */
  createFrom?: readonly NoInfer<TClientName>[] | undefined;
  /**
   * Lets a key do whatever its user may. Without it, a key reaches only guards that name `scopes` or `anyScope` which it holds.
   * Default: `false`.
   */
  fullAccess?: boolean | undefined;
  /** Calls of each key, such as `'60/m'`, besides the client's own rate. Default: no limit. */
  rate?: Rate | undefined;
  /**
   * The networks from which keys may be used, such as `['203.0.113.0/24']`, or a function that returns those of a user. It is
   * called at every call and must not return a Promise. Others are refused with NETWORK_NOT_ALLOWED. Default: any.
   */
  allowedNetworks?: readonly string[] | ((user: TUser) => readonly string[]) | undefined;
}
