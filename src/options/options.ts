import type { z } from 'zod';
import type { Bus } from '../cache/bus.ts';
import type { KeyValueStore } from '../cache/shared-store.ts';
import type { DurinClient } from '../database/entities.ts';
import type { AppORM, EntityManager, EntitySet } from '../database/schema.ts';
import type { AuthUser } from '../database/views.ts';
import type { ListenerErrorHandler } from '../events.ts';
import type { DurinContext } from '../request/durin-request.ts';
import type { Auth } from '../session.ts';
import type { RateLimitRedis } from '../throttle/redis-rate-counter.ts';
import type { Duration } from '../values/duration.ts';
import type { Rate } from '../values/rate.ts';

type MaybePromise<T> = T | Promise<T>;

/** What a client is created with. */
export interface ClientConfig {
  /** Lifetime of its tokens; `null`: they never expire. Default: the option `defaultTokenTtl`. */
  tokenTtl?: Duration | null | undefined;
  /** Calls per user, such as `'1000/h'`; `null`: the option `throttle.rate`. Default: `null`. */
  throttleRate?: Rate | null | undefined;
}

export interface ApiAccessOptions<TClientName extends string> {
  /** The client that users' API keys belong to. Default: none, and `apiAccess` answers API_ACCESS_DISABLED. */
  clientName?: NoInfer<TClientName> | undefined;
  /** Leaves API keys out of `sessions`. Default: `false`. */
  excludeFromSessions?: boolean | undefined;
  /** Has `apiAccess.get` show the key again. Default: `false`. */
  includeToken?: boolean | undefined;
}

export interface LoginThrottleOptions {
  /** Failed logins per user name and address. Default: `'10/m'`; `null`: no limit. */
  perUser?: Rate | null | undefined;
  /** Failed logins per address. Default: `'100/m'`; `null`: no limit. Not applied where the address is not known. */
  perAddress?: Rate | null | undefined;
  /**
   * What stands for the user in the login input. Default: its `username`, else `email`, else `login`, trimmed and in
   * lower case.
   */
  userKey?: ((input: Readonly<Record<string, unknown>>) => string | null | undefined) | undefined;
}

export interface ThrottleOptions {
  /** Calls per user and client where the client has no `throttleRate`. Default: `null`, no limit. */
  rate?: Rate | null | undefined;
  /**
   * Counts for all processes together: a connected client of the package `redis`, which stays the app's own to close.
   * While it fails, each process counts by itself. Default: each process always does.
   */
  redis?: RateLimitRedis | undefined;
  /**
   * Starts the keys in that Redis; apps that share it need one each. Default: `'durin:rate:'` and the name of the
   * database, with its schema if the ORM has one set.
   */
  prefix?: string | undefined;
  /** Limits on failed logins, or `false` for none. */
  login?: LoginThrottleOptions | false | undefined;
}

export interface LoginResponseArgs<TUserEntity, TUser, TClient> {
  user: TUserEntity;
  auth: Auth<TUser, TClient>;
  token: string;
  ctx: DurinContext;
}

export interface CacheOptions {
  /**
   * How long a session may be kept without asking the database, such as `'60s'`; at most 1 hour where there is a store.
   * Changes are seen at once all the same.
   */
  ttl: Duration;
  /**
   * Sessions kept in this process, so not with a `store` alone; beyond it those that were idle longest go. Default: 10,000,
   * some 10 MB.
   */
  maxSessions?: number | undefined;
  /** Milliseconds after which a call of the store has failed, and the database is asked. Default: 100. */
  timeout?: number | undefined;
  /**
   * A store that all processes share, such as a Keyv over Redis; `durin.close()` disconnects it. Default: none, for an app
   * of one process and one durin.
   */
  store?: KeyValueStore | undefined;
  /** Tells the processes of changes, so that sessions are kept in each of them as well, such as `redisBus({ url })`. */
  bus?: Bus | undefined;
}

/**
 * The options of `createDurin`. What they leave out has the default that is told with it; what they should not have is
 * refused with a DurinUsageError that names it.
 */
export interface DurinOptions<
  TUserEntity extends object,
  TClientEntity extends DurinClient,
  TClientName extends string,
  TPopulate extends readonly string[] | false,
  TLoginInput extends z.ZodObject,
  TResolveClient,
  TSerializedUser,
  TExpiry,
  TLoginExtra extends object,
> {
  /** The app's ORM, on `@mikro-orm/postgresql` or `@mikro-orm/pglite`. */
  orm: AppORM;
  entities: EntitySet<TUserEntity, TClientEntity>;
  /** Signs tokens; at least 32 characters. Of a list the first signs and all verify: so secrets are rotated. */
  secret: string | readonly string[];
  /**
   * The user that these credentials belong to, or `null`. A TRPCError thrown here reaches the caller as it is; `em` is a
   * fork of its own.
   */
  verifyCredentials: (args: {
    input: z.output<TLoginInput>;
    em: EntityManager;
    ctx: DurinContext;
  }) => MaybePromise<TUserEntity | null | undefined>;
  /** The app's clients. Makes their names a union type; `durin.clients.sync()` creates those that are missing. */
  clients?: Readonly<Record<TClientName, ClientConfig>> | undefined;
  /** Lifetime of tokens of a client that is created without `tokenTtl`. Default: `'1d'`. */
  defaultTokenTtl?: Duration | undefined;
  /** Characters of a token without its prefix; even, 64 to 128. Default: 64. Changing it ends all sessions. */
  tokenLength?: number | undefined;
  /** Starts every token, for secret scanners, such as `'acme_'`. Default: `''`. Changing it ends all sessions. */
  tokenPrefix?: string | undefined;
  /** What `login` answers as `user`. Default: none, and there is no `user`. */
  serializeUser?: ((user: TUserEntity) => MaybePromise<TSerializedUser>) | undefined;
  /** The scheme of the Authorization header, compared without case. Default: `'Token'`. */
  authHeaderPrefix?: string | undefined;
  /** How `login` and `refresh` tell the expiry; `null`: never. Default: the Date. */
  formatExpiry?: ((expiry: Date | null) => TExpiry) | undefined;
  /** Whether a login gives the pair's token a full lifetime again. Default: `false`. */
  refreshTokenOnLogin?: boolean | undefined;
  /** Whether a login gives a new token and ends the old one at once. Default: `false`. */
  rotateTokenOnLogin?: boolean | undefined;
  /**
   * What a look-up joins, along to-one relations: `['user', 'user.organization', 'client.settings']`. Without `'user'`,
   * or with `false`, `ctx.user` has only its key. Default: `['user']`.
   */
  populate?: TPopulate | undefined;
  apiAccess?: ApiAccessOptions<TClientName> | undefined;
  /** The credentials that `login` takes. Default: `z.object({ username: z.string(), password: z.string() })`. */
  loginInput?: TLoginInput | undefined;
  /** The name of the client that is logged in to, in place of the input's `client`. */
  resolveClient?: (TResolveClient & ResolveClient<TLoginInput>) | undefined;
  /** Fields that `login` answers besides its own, which it does not change. */
  loginResponse?:
    | ((
        args: LoginResponseArgs<TUserEntity, AuthUser<TUserEntity, TPopulate>, { name: TClientName }>,
      ) => MaybePromise<TLoginExtra>)
    | undefined;
  /** Whether a user may sign in, and stay so. Default: `user.isActive !== false`. */
  isUserActive?: ((user: AuthUser<TUserEntity, TPopulate>) => boolean) | undefined;
  /** Default: none, and each look-up is one SQL statement. */
  cache?: CacheOptions | undefined;
  throttle?: ThrottleOptions | undefined;
  /**
   * How long durin waits for the database, and for `verifyCredentials`, before it refuses with STORE_UNAVAILABLE; writes in
   * the app's own transaction wait as that does. At most an hour. Default: `'30s'`.
   */
  databaseTimeout?: Duration | undefined;
  /** The number of proxies whose X-Forwarded-For entries are believed. Default: 0. */
  trustProxy?: number | undefined;
  /** The clock, in milliseconds since 1970. Default: `Date.now`. */
  now?: (() => number) | undefined;
  /** Told of event listeners that threw or rejected. Default: `console.error`. */
  onListenerError?: ListenerErrorHandler | undefined;
}

export type ResolveClient<TLoginInput extends z.ZodObject> = (args: {
  input: z.output<TLoginInput>;
  ctx: DurinContext;
}) => MaybePromise<string | null | undefined>;
