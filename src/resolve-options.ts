import { z } from 'zod';
import type { CacheSettings } from './cache/create-cache.ts';
import type { ClientValues } from './database/client-store.ts';
import { type Duration, parseDuration } from './duration.ts';
import { DurinUsageError } from './errors.ts';
import type { ListenerErrorHandler } from './events.ts';
import type { CacheOptions, ClientConfig, LoginThrottleOptions, ThrottleOptions } from './options.ts';
import { parseRate, type Quota } from './rate.ts';
import { refuseInvalidClient } from './refuse-invalid-client.ts';
import type { LoginQuotas } from './throttle/login-throttle.ts';
import type { CountingRedis } from './throttle/redis-rate-counter.ts';

/** The options with nothing left open, in the units that the code counts in. Callbacks are taken from the options. */
export interface Settings {
  readonly secrets: readonly string[];
  /** `null`: the app names no clients. */
  readonly clients: readonly ClientValues[] | null;
  readonly defaultTtlSeconds: number;
  readonly tokenLength: number;
  readonly tokenPrefix: string;
  readonly scheme: string;
  readonly whenHeld: 'keep' | 'renew' | 'replace';
  readonly populate: readonly string[] | false;
  readonly apiAccess: {
    readonly clientName: string | null;
    readonly excludeFromSessions: boolean;
    readonly includeToken: boolean;
  };
  readonly sessionQuota: Quota | null;
  readonly loginQuotas: LoginQuotas;
  /** `null`: calls are counted in this process. */
  readonly countingRedis: CountingRedis | null;
  readonly loginUserKey: (input: Readonly<Record<string, unknown>>) => string | null;
  /** `null`: every look-up asks the database. */
  readonly cache: CacheSettings | null;
  readonly databaseTimeoutMs: number;
  readonly trustProxy: number;
  readonly now: () => number;
  readonly onListenerError: ListenerErrorHandler;
}

const aFunction = z.custom((value) => typeof value === 'function', 'must be a function');
const anOrm = z.custom((value) => isOrm(value), 'must be a MikroORM');
const aBoolean = z.boolean('must be true or false');
const rate = z.custom<string | null>(
  (value) => value === null || isRate(value),
  "must be a rate such as '100/m', or null",
);
const duration = z.custom<Duration>(
  (value) => isDuration(value),
  "must be a duration such as '60s', '15m', '12h', '14d' or a whole number of seconds, from 1 second to 68 years",
);
const aSecret = z.string('must be a string').min(32, 'must have at least 32 characters');
const scheme = z
  .string('must be a string')
  .regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}$/, 'must be one word of at most 32 characters');

function hasMethods(names: readonly string[], message = `must have the methods ${names.join(', ')}`) {
  const has = (value: unknown) =>
    typeof value === 'object' &&
    value !== null &&
    names.every((name) => typeof (value as Record<string, unknown>)[name] === 'function');
  return z.custom(has, message);
}

function mayHaveMethod(value: unknown, name: string): boolean {
  const type = typeof (value as Record<string, unknown>)[name];
  return type === 'undefined' || type === 'function';
}

const clientConfig = z.strictObject({ tokenTtl: duration.nullable().optional(), throttleRate: rate.optional() });

/** What is left out or `undefined` has its default; every other key, type and value is refused. */
const optionsSchema = z.strictObject({
  orm: anOrm,
  entities: z.strictObject({ User: z.unknown(), Client: z.unknown(), AuthToken: z.unknown() }),
  secret: z.union([aSecret, z.array(aSecret).min(1, 'must not be empty')]),
  verifyCredentials: aFunction,
  clients: z.record(z.string(), clientConfig).optional(),
  defaultTokenTtl: duration.default('1d'),
  tokenLength: z
    .number('must be a number')
    .refine((length) => length % 2 === 0 && length >= 64 && length <= 128, 'must be an even number from 64 to 128')
    .default(64),
  tokenPrefix: z
    .string('must be a string')
    .regex(/^[\w-]{0,32}$/, 'must have at most 32 characters, letters, digits, - and _ only')
    .default(''),
  serializeUser: aFunction.optional(),
  authHeaderPrefix: scheme.default('Token'),
  formatExpiry: aFunction.optional(),
  refreshTokenOnLogin: aBoolean.default(false),
  rotateTokenOnLogin: aBoolean.default(false),
  populate: z.union([z.literal(false), z.array(z.string())], 'must be a list of paths, or false').default(['user']),
  apiAccess: z
    .strictObject({
      clientName: z.string('must be a string').min(1, 'must not be empty').optional(),
      excludeFromSessions: aBoolean.default(false),
      includeToken: aBoolean.default(false),
    })
    .prefault({}),
  loginInput: z.instanceof(z.ZodObject, { error: 'must be a zod object' }).optional(),
  resolveClient: aFunction.optional(),
  loginResponse: aFunction.optional(),
  isUserActive: aFunction.optional(),
  throttle: z
    .strictObject({
      rate: rate.default(null),
      redis: hasMethods(
        ['eval', 'evalSha'],
        'must be a client of the package redis, such as createClient({ url }) gives',
      ).optional(),
      login: z
        .union([
          z.literal(false),
          z.strictObject({
            perUser: rate.default('10/m'),
            perAddress: rate.default('100/m'),
            userKey: aFunction.optional(),
          }),
        ])
        .prefault({}),
    })
    .prefault({}),
  cache: z
    .strictObject({
      ttl: duration,
      maxSessions: z.int('must be a whole number').min(1, 'must be at least 1').optional(),
      timeout: z
        .int('must be a whole number of milliseconds')
        .min(1, 'must be at least 1')
        .max(60_000, 'must be at most 60000')
        .optional(),
      store: hasMethods(['get', 'set', 'delete'])
        .refine((store) => mayHaveMethod(store, 'getMany'), 'must have getMany as a method, or not at all')
        .optional(),
      bus: hasMethods(['start', 'isConnected', 'publish', 'close']).optional(),
    })
    .refine(({ store, bus }) => bus === undefined || store !== undefined, 'must have a store where it has a bus')
    .optional(),
  databaseTimeout: duration
    .refine((given) => !isDuration(given) || parseDuration(given, 'databaseTimeout') <= 3600, 'must be at most an hour')
    .default('10s'),
  trustProxy: z.int('must be a whole number').min(0, 'must not be negative').max(100, 'must be at most 100').default(0),
  now: aFunction.optional(),
  onListenerError: aFunction.optional(),
});

/** @throws DurinUsageError naming the option */
export function resolveOptions(options: object): Settings {
  const parsed = optionsSchema.safeParse(options);
  if (!parsed.success) throw new DurinUsageError(`createDurin: ${describe(parsed.error)}`);
  const given = parsed.data;
  if (given.refreshTokenOnLogin && given.rotateTokenOnLogin) {
    throw new DurinUsageError('createDurin: refreshTokenOnLogin and rotateTokenOnLogin exclude each other');
  }
  const defaultTtlSeconds = parseDuration(given.defaultTokenTtl, 'defaultTokenTtl');
  return Object.freeze({
    secrets: typeof given.secret === 'string' ? [given.secret] : given.secret,
    clients:
      given.clients === undefined
        ? null
        : resolveClients(given.clients as Record<string, ClientConfig>, defaultTtlSeconds),
    defaultTtlSeconds,
    tokenLength: given.tokenLength,
    tokenPrefix: given.tokenPrefix,
    scheme: given.authHeaderPrefix,
    whenHeld: given.rotateTokenOnLogin ? 'replace' : given.refreshTokenOnLogin ? 'renew' : 'keep',
    populate: given.populate,
    apiAccess: { ...given.apiAccess, clientName: given.apiAccess.clientName ?? null },
    ...resolveThrottle(given.throttle as Required<ThrottleOptions>),
    cache: given.cache === undefined ? null : resolveCache(given.cache as CacheOptions),
    databaseTimeoutMs: parseDuration(given.databaseTimeout, 'databaseTimeout') * 1000,
    trustProxy: given.trustProxy,
    now: (given.now as (() => number) | undefined) ?? Date.now,
    onListenerError: (given.onListenerError as ListenerErrorHandler | undefined) ?? reportListenerError,
  });
}

function resolveClients(clients: Record<string, ClientConfig>, defaultTtlSeconds: number): ClientValues[] {
  return Object.entries(clients).map(([name, config]) => {
    const values = resolveClient(name, config, defaultTtlSeconds);
    try {
      refuseInvalidClient(values);
    } catch (error) {
      throw new DurinUsageError(`createDurin: clients.${name}: ${error instanceof Error ? error.message : ''}`);
    }
    return values;
  });
}

/** A client's values from what the app wrote; `undefined` is the default. */
export function resolveClient(name: string, config: ClientConfig, defaultTtlSeconds: number): ClientValues {
  const { tokenTtl, throttleRate } = config;
  return {
    name,
    tokenTtl:
      tokenTtl === undefined ? defaultTtlSeconds : tokenTtl === null ? null : parseDuration(tokenTtl, 'tokenTtl'),
    throttleRate: throttleRate ?? null,
  };
}

function resolveCache({ ttl, maxSessions = 10_000, timeout = 100, store, bus }: CacheOptions): CacheSettings {
  const ttlMs = parseDuration(ttl, 'cache.ttl') * 1000;
  return { ttlMs, maxSessions, deadlineMs: timeout, store: store ?? null, bus: bus ?? null };
}

function resolveThrottle({ rate: sessionRate, redis, login }: Required<ThrottleOptions>) {
  const own = login === false ? { perUser: null, perAddress: null } : (login as LoginThrottleOptions);
  const userKey = login === false ? undefined : login?.userKey;
  return {
    sessionQuota: quotaOf(sessionRate),
    countingRedis: redis ?? null,
    loginQuotas: { perUser: quotaOf(own.perUser), perAddress: quotaOf(own.perAddress) },
    loginUserKey:
      userKey === undefined ? userNameOf : (input: Readonly<Record<string, unknown>>) => userKey(input) ?? null,
  };
}

function quotaOf(given: string | null | undefined): Quota | null {
  return given ? parseRate(given, 'rate') : null;
}

function userNameOf(input: Readonly<Record<string, unknown>>): string | null {
  const name = [input['username'], input['email'], input['login']].find((value) => typeof value === 'string');
  return name === undefined ? null : name.normalize('NFKC').trim().toLowerCase();
}

function reportListenerError(error: unknown, event: string): void {
  console.error(`A listener of durin's event ${event} failed:`, error);
}

function describe(error: z.ZodError): string {
  const issue = deepest(error.issues);
  if (issue.code === 'unrecognized_keys') {
    const place = issue.path.length === 0 ? 'option' : `option of ${issue.path.join('.')}`;
    return `unknown ${place} ${issue.keys.map((key) => `'${key}'`).join(', ')}`;
  }
  const isMissing = issue.code === 'invalid_type' && issue.message.endsWith('undefined');
  return `${issue.path.join('.')} ${isMissing ? 'is required' : issue.message.replace(/^Invalid input: expected/, 'must be')}`;
}

/** The most telling issue: of a union, that of the branch that came furthest. */
function deepest(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue {
  const [issue] = issues;
  if (issue === undefined) throw new TypeError('a failed parse has an issue');
  if (issue.code !== 'invalid_union') return issue;
  const branches = issue.errors.filter((branch) => branch.length > 0);
  const branch = branches.toSorted((a, b) => pathLength(b) - pathLength(a))[0];
  if (branch === undefined || issue.message !== 'Invalid input') return issue;
  const inner = deepest(branch);
  return { ...inner, path: [...issue.path, ...inner.path] };
}

function pathLength(issues: readonly z.core.$ZodIssue[]): number {
  const [issue] = issues;
  return issue === undefined ? 0 : issue.path.length + (issue.code === 'unrecognized_keys' ? 1 : 0);
}

/** By what it can do: an app may have several copies of MikroORM. */
function isOrm(value: unknown): boolean {
  const { em, getMetadata } = (value ?? {}) as { em?: { getPlatform?: unknown }; getMetadata?: unknown };
  return typeof getMetadata === 'function' && typeof em?.getPlatform === 'function';
}

function isRate(value: unknown): boolean {
  return doesNotThrow(() => parseRate(value, ''));
}

function isDuration(value: unknown): boolean {
  return doesNotThrow(() => parseDuration(value, ''));
}

function doesNotThrow(run: () => unknown): boolean {
  try {
    run();
    return true;
  } catch {
    return false;
  }
}
