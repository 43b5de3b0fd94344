import type { z } from 'zod';
import type { DurinClient } from '../database/entity-rows.ts';
import type { FilterChoices } from '../database/rows/row-conditions.ts';
import type { AppORM, EntityManager, EntitySet } from '../database/schema.ts';
import type { AnyClientName, AuthUser } from '../database/views.ts';
import type { ListenerErrorHandler } from '../events.ts';
import type { DurinContext } from '../request/durin-request.ts';
import type { LoginSchema } from '../router/login-schema.ts';
import type { ClientFields } from '../values/client-fields.ts';
import type { Duration } from '../values/duration.ts';
import type { CacheOptions } from './cache-options.ts';
import type { LoginResponseArgs, MaybePromise, ResolveClient } from './callbacks.ts';
import type { CookieOptions, Transport } from './cookie-options.ts';
import type { KeyOptions } from './key-options.ts';
import type { ThrottleOptions } from './throttle-options.ts';

/** An API client, as the option `clients` lists it. */
export interface ClientConfig<
  TScope extends string = never,
  TClientName extends string = string,
  TUser = object,
  TTransport extends Transport = Transport,
> extends Omit<ClientFields, 'name'> {
  /** The scopes that its tokens may have at most. Default: all. */
  scopes?: readonly TScope[] | undefined;
  /** Makes its tokens API keys. Default: they are sessions. */
  keys?: KeyOptions<TClientName, TUser> | undefined;
  /**
   * Where its sessions are kept. `'cookie'` is for browsers, and not for a client with `keys`: its logins set the session
   * cookie, and their answer has `token: null`. Default: `'header'`.
   */
  transport?: TTransport | undefined;
}

export interface ApiAccessOptions<TClientName extends string> {
  /** The client of users' API keys. Default: none, and the `apiAccess` procedures answer API_ACCESS_DISABLED. */
  clientName?: NoInfer<TClientName> | undefined;
  /** Leaves API keys out of `sessions`. Default: `false`. */
  excludeFromSessions?: boolean | undefined;
  /** Makes `apiAccess.get` return the key again. Default: `false`. */
  includeToken?: boolean | undefined;
  /**
   * How long ago the user may have signed in or reauthenticated to create or delete a key, or to read it again with
   * `includeToken`. Others are refused with REAUTHENTICATION_REQUIRED. Default: any time.
   */
  fresh?: Duration | undefined;
}

export interface StreamOptions {
  /**
   * How often the sessions of open streams are looked up again while other processes cannot announce their changes: without
   * a `cache.bus`, and while it is not connected. One statement for up to 256 sessions. From 1 second to a day. Default:
   * `'30s'`.
   */
  recheck?: Duration | undefined;
}

/** The options of `createDurin`. An unknown option or a wrong value throws a DurinUsageError that names it. */
export interface DurinOptions<
  TUserEntity extends object,
  TClientEntity extends DurinClient,
  TClientName extends string,
  TPopulate extends readonly string[] | false,
  TLoginInput extends LoginSchema,
  TResolveClient,
  TSerializedUser,
  TExpiry,
  TLoginExtra extends object,
  TScope extends string = never,
  TTransport extends Transport = 'header',
> {
  /** The app's ORM, on `@mikro-orm/postgresql` or `@mikro-orm/pglite`. */
  orm: AppORM;
  entities: EntitySet<TUserEntity, TClientEntity>;
  /** Signs tokens; at least 32 characters. In a list, the first one signs and each of them verifies: that is how to rotate. */
  secret: string | readonly string[];
  /**
   * Returns the user whose credentials these are, or `null`. A TRPCError that it throws reaches the caller unchanged. `em`
   * is a fork for this call.
   */
  verifyCredentials: (args: {
    input: z.output<TLoginInput>;
    em: EntityManager;
    ctx: DurinContext;
  }) => MaybePromise<TUserEntity | null | undefined>;
  /**
   * The user's properties that hold what `verifyCredentials` compares, such as `['passwordHash']`. A flush that changes one
   * ends the user's sessions, and a login that verified the earlier value is refused, in every process. The user that
   * `verifyCredentials` returns must have them loaded. Default: none, so call `durin.tokens.revokeAll` after a change.
   */
  credentialFields?: readonly (keyof NoInfer<TUserEntity> & string)[] | undefined;
  /** The app's clients. Their names become a union type. `durin.clients.sync()` creates the missing ones. */
  clients?:
    | Readonly<
        Record<TClientName, ClientConfig<NoInfer<TScope>, TClientName, AuthUser<TUserEntity, TPopulate>, TTransport>>
      >
    | undefined;
  /**
   * The rights that guards can ask for, such as `['reports:read', 'billing']`. Their names become a union type. At most 256, of
   * 1 to 64 printable ASCII characters each, without space, `"` and `\`. Default: none.
   */
  scopes?: readonly TScope[] | undefined;
  /**
   * The scopes that a user's tokens may have at most, or `'all'`. Called at every look-up. It must not return a Promise:
   * calls then fail. Default: `'all'`.
   * @example scopesOf: (user) => (user.role === 'admin' ? 'all' : ['reports:read'])
   */
  scopesOf?: ((user: AuthUser<TUserEntity, TPopulate>) => readonly NoInfer<TScope>[] | 'all') | undefined;
  /** The `tokenTtl` of a client that is created without one. Default: `'1d'`. */
  defaultTokenTtl?: Duration | undefined;
  /** Characters of a token without its prefix: even, 64 to 128. Default: 64. Changing it ends all sessions. */
  tokenLength?: number | undefined;
  /** Starts every token, for secret scanners, such as `'acme_'`. Default: `''`. Changing it ends all sessions. */
  tokenPrefix?: string | undefined;
  /** Returns the `user` of the answer of `login`. Default: none, and the answer has no `user`. */
  serializeUser?: ((user: TUserEntity) => MaybePromise<TSerializedUser>) | undefined;
  /**
   * The schemes of the Authorization header. Each is read, without regard to case, and the first is announced. A header of
   * another scheme counts as no credentials. Default: `['Token', 'Bearer']`.
   */
  authHeaderPrefix?: string | readonly string[] | undefined;
  /**
   * A header that holds the token alone, such as `'x-api-key'`. It is read where there is no Authorization header. Default:
   * none.
   */
  apiKeyHeader?: string | undefined;
  /** The session cookie of clients with `transport: 'cookie'`. It is read where there is neither header. */
  cookies?: CookieOptions | undefined;
  /** Formats the expiry in the answers of `login` and `refresh`; `null`: never. Default: the Date. */
  formatExpiry?: ((expiry: Date | null) => TExpiry) | undefined;
  /** If true, a login extends the existing token to a full lifetime. Default: `false`. */
  refreshTokenOnLogin?: boolean | undefined;
  /** If true, a login issues a new token and ends the old one immediately. Default: `false`. */
  rotateTokenOnLogin?: boolean | undefined;
  /**
   * The to-one relations that a look-up joins: `['user', 'user.organization', 'client.settings']`. Without `'user'`, or
   * with `false`, `ctx.user` has only its primary key. Default: `['user']`.
   */
  populate?: TPopulate | undefined;
  /**
   * Which of the MikroORM filters of the user entity, and of its relations, apply to look-ups and to new tokens. `true` or the
   * filter's arguments switch one on, `false` off. Default: those that are on by default, which must have a fixed condition.
   * @example filters: { tenant: { id: 7 }, softDelete: false }
   */
  filters?: FilterChoices | undefined;
  apiAccess?: ApiAccessOptions<TClientName> | undefined;
  /**
   * The credentials that `login` takes: a zod object, or a union, intersection or transform of zod objects; `zod/mini` too.
   * `login` takes `client` beside them. Default: `z.object({ username: z.string(), password: z.string() })`.
   */
  loginInput?: TLoginInput | undefined;
  /** Returns the name of the client to log in to. Then the input has no `client`. Default: the input's `client`. */
  resolveClient?: (TResolveClient & ResolveClient<TLoginInput>) | undefined;
  /** Returns further fields of the answer of `login`. They cannot replace durin's own. Default: none. */
  loginResponse?:
    | ((
        args: LoginResponseArgs<
          TUserEntity,
          AuthUser<TUserEntity, TPopulate>,
          { name: AnyClientName<TClientName> },
          NoInfer<TScope>,
          NoInfer<TTransport>
        >,
      ) => MaybePromise<TLoginExtra>)
    | undefined;
  /**
   * Whether a user may sign in and stay signed in. Called at every look-up. It must not return a Promise: calls then
   * fail. Default: `user.isActive !== false`.
   */
  isUserActive?: ((user: AuthUser<TUserEntity, TPopulate>) => boolean) | undefined;
  /** Caches sessions. Default: none, and each look-up is one SQL statement. */
  cache?: CacheOptions | undefined;
  /** When subscriptions and other streams end. */
  streams?: StreamOptions | undefined;
  throttle?: ThrottleOptions | undefined;
  /**
   * How long durin waits for the database, and for `verifyCredentials`, before it refuses with STORE_UNAVAILABLE. Writes
   * in the app's own transaction have no timeout. At most an hour. Default: `'30s'`.
   */
  databaseTimeout?: Duration | undefined;
  /**
   * How often the use of a token is written at most: in between, `lastUsedAt`, `ipAddress` and `userAgent` may be this much
   * behind. Sessions of a client with `idleTtl` are written at least once a minute. At most a day. Default: `'1m'`.
   */
  lastUsedInterval?: Duration | undefined;
  /**
   * Whether look-ups, logins and writes of last uses are named prepared statements on `pg`. `false` is for a connection pooler
   * that does not know these, such as PgBouncer before 1.21. PGlite prepares nothing. Default: `true`.
   */
  preparedStatements?: boolean | undefined;
  /** The number of proxies in front of the server whose X-Forwarded-For entries are trusted. Default: 0. */
  trustProxy?: number | undefined;
  /**
   * Whether a token is also read from `connectionParams` of an HTTP request, which are part of its URL and so reach logs.
   * Those of a WebSocket are always read, because they travel in a message. Default: `false`.
   */
  tokenInUrl?: boolean | undefined;
  /** The clock, in milliseconds since 1970. Default: `Date.now`. */
  now?: (() => number) | undefined;
  /** Called when an event listener throws or rejects. Default: logs with `console.error`. */
  onListenerError?: ListenerErrorHandler | undefined;
  /** Called once for each thing that the operator should change, and for each outage. Default: logs with `console.warn`. */
  onWarning?: ((message: string) => void) | undefined;
}
