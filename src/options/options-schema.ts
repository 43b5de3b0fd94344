import { z } from 'zod';
import type { Bus } from '../cache/bus.ts';
import { isKeyvOverCluster, type KeyValueStore } from '../cache/shared-store.ts';
import type { EntityNames, OpenOrm } from '../database/schema.ts';
import type { ListenerErrorHandler } from '../events.ts';
import { credentialHeaders, isHeaderName } from '../request/headers.ts';
import { defaultLoginInput } from '../router/login.ts';
import { type AnyLoginSchema, loginSchemaProblem } from '../router/login-schema.ts';
import type { CreateLimiter } from '../throttle/create-counters.ts';
import { fromIoredis, type Ioredis, isIoredis, type RateLimitRedis } from '../throttle/rate-limit-redis.ts';
import { clientConfig, scopeList } from './client-schema.ts';
import { cookies } from './cookie-schema.ts';
import { callback, flag, quota, seconds, text } from './option-values.ts';
import type { LoginSettings, ParsedLoginInput, Settings } from './settings.ts';

/*
 * The options of `createDurin`, with their defaults, parsed into the units that the code counts in. An option that is
 * `undefined` has its default; every unknown key, wrong type and senseless value is refused.
 */

function objectWith<T>(methods: readonly string[], message = `must have the methods ${methods.join(', ')}`) {
  return z.custom<T>((value) => methods.every((name) => methodTypeOf(value, name) === 'function'), message);
}

function methodTypeOf(value: unknown, name: string): string {
  return typeof value === 'object' && value !== null
    ? typeof (value as Record<string, unknown>)[name]
    : 'not an object';
}

const orm = z.custom<OpenOrm>((value) => isOrm(value), 'must be a MikroORM');
const entity = z.unknown();
const entities = z
  .strictObject({ User: entity, Client: entity, AuthToken: entity, TokenUse: entity.optional() })
  .pipe(z.custom<EntityNames>());
const filledText = text.min(1, 'must not be empty');
const secret = text.min(32, 'must have at least 32 characters');
const secrets = z.union([secret.transform((only) => [only]), z.array(secret).min(1, 'must not be empty')]);
const scheme = text.regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,32}$/, 'must be one word of at most 32 characters');
const schemes = z.union([
  scheme.transform((only): [string] => [only]),
  z.tuple([scheme], scheme).refine(areDistinct, 'must name each scheme once, without regard to case'),
]);
const apiKeyHeader = text
  .refine(isHeaderName, "must be the name of a header, such as 'x-api-key'")
  .toLowerCase()
  .refine((name) => !credentialHeaders.has(name), 'must be another header than Authorization or Cookie');

const loginThrottle = z
  .union([
    z.literal(false, 'must be false, or an object of perUser, perAddress and userKey, among others'),
    z.strictObject({
      perUser: quota.prefault('10/m'),
      perAddress: quota.prefault('100/m'),
      perAccount: quota.prefault('100/h'),
      unknownAddress: quota.optional(),
      successes: quota.prefault('1200/m'),
      concurrency: z.int('must be a whole number').min(1, 'must be at least 1').optional(),
      queue: z.int('must be a whole number').min(0, 'must not be negative').default(1000),
      userKey: callback<(input: ParsedLoginInput) => string | null | undefined>().optional(),
    }),
  ])
  .prefault({});

const throttle = z
  .strictObject({
    rate: quota.prefault(null),
    authRouter: quota.prefault('120/m'),
    redis: objectWith<RateLimitRedis | Ioredis>(
      ['eval'],
      'must be a client of the package redis, such as createClient({ url }) returns, or of ioredis',
    )
      .transform((redis) => (isIoredis(redis) ? fromIoredis(redis) : redis))
      .optional(),
    limiter: callback<CreateLimiter>().optional(),
    prefix: filledText.optional(),
    login: loginThrottle,
  })
  .refine(({ redis, limiter, prefix }) => prefix === undefined || redis !== undefined || limiter !== undefined, {
    path: ['prefix'],
    error: 'is for the keys in Redis: it must have a redis beside it',
  })
  .refine(({ redis, limiter }) => redis === undefined || limiter === undefined, {
    path: ['limiter'],
    error: 'counts in another store than redis: it must not have a redis beside it',
  })
  .prefault({});

const cache = z
  .strictObject({
    ttl: seconds,
    maxSessions: z.int('must be a whole number').min(1, 'must be at least 1').default(10_000),
    timeout: z
      .int('must be a whole number of milliseconds')
      .min(1, 'must be at least 1')
      .max(60_000, 'must be at most 60000')
      .optional(),
    store: objectWith<KeyValueStore>(['get', 'set', 'delete'])
      .refine(
        (store) => ['function', 'undefined'].includes(methodTypeOf(store, 'getMany')),
        'must have getMany as a method, or not at all',
      )
      .refine(
        (store) => !isKeyvOverCluster(store),
        'must be another one: a KeyvRedis over a cluster does not notice a shard that has lost writes. Use redisStore(cluster)',
      )
      .optional(),
    bus: objectWith<Bus>(['start', 'isConnected', 'publish', 'close']).optional(),
  })
  .refine(({ timeout, store }) => timeout === undefined || store !== undefined, {
    path: ['timeout'],
    error: 'is for calls of the store: it must have a store beside it',
  })
  .refine(({ bus, store }) => store === undefined || bus?.listensToDatabase !== true, {
    path: ['bus'],
    error: 'must be another one: postgresBus is for a cache without a store. Beside a store use redisBus',
  });

const streams = z
  .strictObject({ recheck: seconds.refine((given) => given <= 86_400, 'must be at most a day').prefault('30s') })
  .prefault({});

export const optionsSchema = z.strictObject({
  orm,
  entities,
  secret: secrets,
  verifyCredentials: callback<LoginSettings['verifyCredentials']>(),
  clients: z.record(z.string(), clientConfig).optional(),
  scopes: scopeList.default([]),
  scopesOf: callback<NonNullable<Settings['scopesOf']>>().optional(),
  defaultTokenTtl: seconds.prefault('1d'),
  tokenLength: z
    .number('must be a number')
    .refine((length) => length % 2 === 0 && length >= 64 && length <= 128, 'must be an even number from 64 to 128')
    .default(64),
  tokenPrefix: text
    .regex(/^[\w-]{0,32}$/, 'must have at most 32 characters, letters, digits, - and _ only')
    .default(''),
  serializeUser: callback<NonNullable<LoginSettings['serializeUser']>>().optional(),
  authHeaderPrefix: schemes.default(['Token', 'Bearer']),
  apiKeyHeader: apiKeyHeader.optional(),
  cookies: cookies.optional(),
  formatExpiry: callback<Settings['formatExpiry']>().optional(),
  refreshTokenOnLogin: flag,
  rotateTokenOnLogin: flag,
  credentialFields: z.array(z.string(), 'must be a list of names').default([]),
  populate: z.union([z.literal(false), z.array(z.string())], 'must be a list of paths, or false').default(['user']),
  filters: z
    .record(
      z.string(),
      z.union([z.boolean(), z.record(z.string(), z.unknown())], 'must be true, false, or the arguments of the filter'),
    )
    .default({}),
  apiAccess: z
    .strictObject({
      clientName: filledText.optional(),
      excludeFromSessions: flag,
      includeToken: flag,
      fresh: seconds.optional(),
    })
    .prefault({}),
  loginInput: z
    .unknown()
    .default(defaultLoginInput)
    .pipe(
      z.custom<AnyLoginSchema>((value) => loginSchemaProblem(value) === null, {
        error: ({ input }) => loginSchemaProblem(input) ?? '',
      }),
    ),
  resolveClient: callback<NonNullable<LoginSettings['resolveClient']>>().optional(),
  loginResponse: callback<NonNullable<LoginSettings['response']>>().optional(),
  isUserActive: callback<NonNullable<Settings['isUserActive']>>().optional(),
  throttle,
  cache: cache.optional(),
  streams,
  databaseTimeout: seconds.refine((given) => given <= 3600, 'must be at most an hour').prefault('30s'),
  lastUsedInterval: seconds.refine((given) => given <= 86_400, 'must be at most a day').prefault('1m'),
  preparedStatements: z.boolean('must be true or false').default(true),
  trustProxy: z.int('must be a whole number').min(0, 'must not be negative').max(100, 'must be at most 100').default(0),
  tokenInUrl: flag,
  now: callback<() => number>()
    .refine((now) => Number.isFinite(now()), 'must return the milliseconds since 1970')
    .default(() => Date.now),
  onListenerError: callback<ListenerErrorHandler>().optional(),
  onWarning: callback<Settings['onWarning']>().optional(),
});

export type ParsedOptions = z.output<typeof optionsSchema>;

/** Recognised by what it can do, because an app may have several copies of MikroORM. */
function isOrm(value: unknown): boolean {
  const { em, getMetadata } = (value ?? {}) as { em?: { getPlatform?: unknown }; getMetadata?: unknown };
  return typeof getMetadata === 'function' && typeof em?.getPlatform === 'function';
}

function areDistinct(names: readonly string[]): boolean {
  return new Set(names.map((name) => name.toLowerCase())).size === names.length;
}
