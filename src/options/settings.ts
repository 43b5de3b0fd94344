import type { CacheSettings } from '../cache/create-cache.ts';
import type { FilterChoices } from '../database/rows/row-conditions.ts';
import type { EntityManager, EntityNames, MikroORM } from '../database/schema.ts';
import type { OnConflict } from '../database/token-store.ts';
import type { ListenerErrorHandler } from '../events.ts';
import type { CookieSettings } from '../request/cookie-settings.ts';
import type { DurinContext } from '../request/durin-request.ts';
import type { LoginOutcome } from '../router/login-answer.ts';
import type { AnyLoginSchema } from '../router/login-schema.ts';
import type { CreateLimiter } from '../throttle/create-counters.ts';
import type { FairQueueOptions } from '../throttle/fair-queue.ts';
import type { LoginQuotas } from '../throttle/login-buckets.ts';
import type { RateLimitRedis } from '../throttle/rate-limit-redis.ts';
import type { KeyRules } from '../tokens/keys/key-rules.ts';
import type { ConfiguredClient } from '../values/client-fields.ts';
import type { Quota } from '../values/rate.ts';

type MaybePromise<T> = T | Promise<T>;

/** What `login` was called with, after the app's schema has parsed it. */
export type ParsedLoginInput = Readonly<Record<string, unknown>>;

/**
 * The options of `createDurin` with every default filled in, in the units that the code counts in. An app's own types end
 * here: inside, users and clients are plain objects.
 */
export interface Settings {
  readonly orm: MikroORM;
  readonly entities: EntityNames;
  /** The first one signs, and each of them verifies. */
  readonly secrets: readonly string[];
  readonly tokenLength: number;
  readonly tokenPrefix: string;
  /** The schemes of the Authorization header that are read. The first one is announced. */
  readonly schemes: readonly [string, ...string[]];
  /** The header of a bare token, in lower case. `null`: none. */
  readonly apiKeyHeader: string | null;
  /** `null`: every client has its token in a header, and cookies are not read. */
  readonly cookies: CookieSettings | null;
  readonly trustProxy: number;
  /** Whether a token is also read from `connectionParams` in a URL. */
  readonly tokenInUrl: boolean;
  /** `null`: the app names no clients. */
  readonly clients: readonly ConfiguredClient[] | null;
  /** The rules of the clients whose tokens are keys. */
  readonly keys: readonly KeyRules[];
  readonly scopes: readonly string[];
  /** `null`: every user holds all scopes. */
  readonly scopesOf: ((user: object) => unknown) | null;
  readonly defaultTtlSeconds: number;
  /** The user's properties that hold credentials. */
  readonly credentialFields: readonly string[];
  readonly populate: readonly string[] | false;
  readonly filters: FilterChoices;
  readonly databaseTimeoutMs: number;
  /** How often the use of a token is written at most, in milliseconds. */
  readonly lastUsedIntervalMs: number;
  /** Whether prepared statements have names. */
  readonly preparedStatements: boolean;
  /** `null`: every look-up reads the database. */
  readonly cache: CacheSettings | null;
  /** Milliseconds between two look-ups of a session with open streams, while the changes of others are not announced. */
  readonly recheckMs: number;
  readonly throttle: ThrottleSettings;
  readonly login: LoginSettings;
  readonly apiAccess: ApiAccessSettings;
  /** `null`: a user is active unless its `isActive` is false. */
  readonly isUserActive: ((user: object) => unknown) | null;
  readonly formatExpiry: (expiry: Date | null) => unknown;
  /** The clock, in milliseconds since 1970. */
  readonly now: () => number;
  readonly onListenerError: ListenerErrorHandler;
  readonly onWarning: (message: string) => void;
}

export interface LoginSettings {
  readonly input: AnyLoginSchema;
  readonly verifyCredentials: (args: {
    input: ParsedLoginInput;
    em: EntityManager;
    ctx: DurinContext;
  }) => MaybePromise<object | null | undefined>;
  /** `null`: the input names the client. */
  readonly resolveClient: ((args: { input: ParsedLoginInput; ctx: DurinContext }) => unknown) | null;
  /** `null`: the answer has no `user`. */
  readonly serializeUser: ((user: object) => unknown) | null;
  /** `null`: the answer has no fields of the app's own. */
  readonly response: ((args: LoginOutcome) => unknown) | null;
  readonly onConflict: OnConflict;
  /** Whom a login is for, as the throttle counts it. Empty: not known. */
  readonly userNames: (input: ParsedLoginInput) => readonly string[];
  /** The one name in the input, exactly as it was sent; `null`: there is none, or more than one. */
  readonly typedName: (input: ParsedLoginInput) => string | null;
}

export interface ApiAccessSettings {
  /** `null`: there are no API keys. */
  readonly clientName: string | null;
  readonly excludeFromSessions: boolean;
  readonly includeToken: boolean;
  /** How old a login or reauthentication may be to create, delete or read a key; `null`: any age. */
  readonly freshSeconds: number | null;
}

export interface ThrottleSettings {
  /** For clients without a rate of their own; `null`: no limit. */
  readonly sessionQuota: Quota | null;
  /** For the auth router's own procedures, per session; `null`: no limit. */
  readonly authRouterQuota: Quota | null;
  readonly loginQuotas: LoginQuotas;
  /** How many logins are verified at once, and how many wait; `null`: no bound. */
  readonly loginQueue: FairQueueOptions | null;
  /** `null`: this process counts by itself. */
  readonly redis: RateLimitRedis | null;
  /** Creates a limiter over another store; `null`: none does. */
  readonly limiter: CreateLimiter | null;
  /** Starts the keys in Redis; `null`: named after the database. */
  readonly prefix: string | null;
}
