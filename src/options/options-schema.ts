import { z } from 'zod';
import { type Duration, parseDuration } from '../values/duration.ts';
import { parseRate } from '../values/rate.ts';

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

/** The options of `createDurin`: what is left out or `undefined` has its default; every other key, type and value is refused. */
export const optionsSchema = z.strictObject({
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
      prefix: z.string('must be a string').min(1, 'must not be empty').optional(),
      login: z
        .union([
          z.literal(false, 'must be false, or an object of perUser, perAddress and userKey'),
          z.strictObject({
            perUser: rate.default('10/m'),
            perAddress: rate.default('100/m'),
            userKey: aFunction.optional(),
          }),
        ])
        .prefault({}),
    })
    .refine(({ redis, prefix }) => prefix === undefined || redis !== undefined, {
      path: ['prefix'],
      error: 'is for the keys in Redis: it must have a redis beside it',
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
    .refine(({ timeout, store }) => timeout === undefined || store !== undefined, {
      path: ['timeout'],
      error: 'is for calls of the store: it must have a store beside it',
    })
    .optional(),
  databaseTimeout: duration
    .refine((given) => !isDuration(given) || parseDuration(given, 'databaseTimeout') <= 3600, 'must be at most an hour')
    .default('30s'),
  trustProxy: z.int('must be a whole number').min(0, 'must not be negative').max(100, 'must be at most 100').default(0),
  now: aFunction.optional(),
  onListenerError: aFunction.optional(),
});

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
