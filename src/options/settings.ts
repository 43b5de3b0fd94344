import type { z } from 'zod';
import type { CacheSettings } from '../cache/create-cache.ts';
import { maxSharedTtlMs } from '../cache/shared-cache.ts';
import type { ClientValues } from '../database/client-store.ts';
import { DurinUsageError } from '../errors.ts';
import type { ListenerErrorHandler } from '../events.ts';
import type { LoginQuotas } from '../throttle/login-throttle.ts';
import type { RateLimitRedis } from '../throttle/redis-rate-counter.ts';
import { refuseInvalidClient } from '../values/client-fields.ts';
import { describeIssue, wordsOf } from '../values/describe-issue.ts';
import { parseDuration } from '../values/duration.ts';
import { parseRate, type Quota } from '../values/rate.ts';
import type { CacheOptions, ClientConfig, LoginThrottleOptions, ThrottleOptions } from './options.ts';
import { optionsSchema } from './options-schema.ts';

/** The options with nothing left open, in the units that the code counts in. Callbacks are taken from the options. */
export interface Settings {
  readonly secrets: readonly string[];
  /** `null`: the app names no clients. */
  readonly clients: readonly ClientValues[] | null;
  readonly defaultTtlSeconds: number;
  readonly tokenLength: number;
  readonly tokenPrefix: string;
  readonly scheme: string;
  readonly onConflict: 'keep' | 'renew' | 'replace';
  readonly populate: readonly string[] | false;
  readonly apiAccess: {
    readonly clientName: string | null;
    readonly excludeFromSessions: boolean;
    readonly includeToken: boolean;
  };
  readonly sessionQuota: Quota | null;
  readonly loginQuotas: LoginQuotas;
  /** `null`: calls are counted in this process. */
  readonly rateLimitRedis: RateLimitRedis | null;
  /** Starts its keys; `null`: as the database is called. */
  readonly rateLimitPrefix: string | null;
  readonly loginUserKey: (input: Readonly<Record<string, unknown>>) => string | null;
  /** `null`: every look-up asks the database. */
  readonly cache: CacheSettings | null;
  readonly databaseTimeoutMs: number;
  readonly trustProxy: number;
  readonly now: () => number;
  readonly onListenerError: ListenerErrorHandler;
}

/** @throws DurinUsageError naming the option */
export function resolveOptions(options: object): Settings {
  const parsed = optionsSchema.safeParse(options, { error: wordsOf });
  if (!parsed.success) throw new DurinUsageError(`createDurin: ${describeIssue(parsed.error, options)}`);
  const given = parsed.data;
  if (given.refreshTokenOnLogin && given.rotateTokenOnLogin) {
    throw new DurinUsageError('createDurin: refreshTokenOnLogin and rotateTokenOnLogin exclude each other');
  }
  const { clientName } = given.apiAccess;
  if (clientName !== undefined && given.clients !== undefined && !Object.hasOwn(given.clients, clientName)) {
    throw new DurinUsageError(`createDurin: apiAccess.clientName: no client '${clientName}' in the option clients`);
  }
  const throttle = resolveThrottle(given.throttle as Required<ThrottleOptions>);
  refuseUnknownUserName(given, throttle.loginQuotas);
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
    onConflict: given.rotateTokenOnLogin ? 'replace' : given.refreshTokenOnLogin ? 'renew' : 'keep',
    populate: given.populate,
    apiAccess: { ...given.apiAccess, clientName: clientName ?? null },
    ...throttle,
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
function resolveClient(name: string, config: ClientConfig, defaultTtlSeconds: number): ClientValues {
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
  if (store !== undefined && ttlMs > maxSharedTtlMs)
    throw new DurinUsageError('createDurin: cache.ttl must be at most 1 hour where there is a store');
  return { ttlMs, maxSessions, deadlineMs: timeout, store: store ?? null, bus: bus ?? null };
}

function resolveThrottle({ rate: sessionRate, redis, prefix, login }: Required<ThrottleOptions>) {
  const own = login === false ? { perUser: null, perAddress: null } : (login as LoginThrottleOptions);
  const userKey = login === false ? undefined : login?.userKey;
  return {
    sessionQuota: quotaOf(sessionRate),
    rateLimitRedis: redis ?? null,
    rateLimitPrefix: prefix ?? null,
    loginQuotas: { perUser: quotaOf(own.perUser), perAddress: quotaOf(own.perAddress) },
    loginUserKey:
      userKey === undefined ? userNameOf : (input: Readonly<Record<string, unknown>>) => userKey(input) ?? null,
  };
}

function quotaOf(given: string | null | undefined): Quota | null {
  return given ? parseRate(given, 'rate') : null;
}

const userNameFields = ['username', 'email', 'login'];

/** Or logins would be limited per address only, and nobody would know. */
function refuseUnknownUserName({ loginInput, throttle }: z.output<typeof optionsSchema>, quotas: LoginQuotas): void {
  const isNamed = throttle.login === false || throttle.login.userKey !== undefined;
  if (quotas.perUser === null || isNamed || loginInput === undefined) return;
  if (userNameFields.some((field) => field in loginInput.shape)) return;
  throw new DurinUsageError(
    'createDurin: throttle.login.userKey is required, since loginInput has no username, email or login; ' +
      'or throttle.login.perUser must be null',
  );
}

function userNameOf(input: Readonly<Record<string, unknown>>): string | null {
  const name = userNameFields.map((field) => input[field]).find((value) => typeof value === 'string');
  return name === undefined ? null : name.normalize('NFKC').trim().toLowerCase();
}

function reportListenerError(error: unknown, event: string): void {
  console.error(`A listener of durin's event ${event} failed:`, error);
}
