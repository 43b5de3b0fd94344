import type { CacheSettings } from '../cache/create-cache.ts';
import { maxSharedTtlMs } from '../cache/fence-store.ts';
import type { ClientValues } from '../database/client-store.ts';
import { DurinUsageError } from '../errors.ts';
import { outputFieldsOf } from '../router/login-schema.ts';
import { runSyncCallback } from '../tokens/app-callback.ts';
import { assertValidClient } from '../values/client-fields.ts';
import { describeOptionError, optionIssueMessage } from '../values/option-error.ts';
import { optionsSchema, type ParsedOptions } from './options-schema.ts';
import type { ApiAccessSettings, LoginSettings, ParsedLoginInput, Settings, ThrottleSettings } from './settings.ts';

/**
 * Parses the options of `createDurin`, once.
 * @throws DurinUsageError naming the option that is unknown, missing or wrong
 */
export function parseOptions(options: unknown): Settings {
  const result = optionsSchema.safeParse(options, { error: optionIssueMessage });
  if (!result.success) throw new DurinUsageError(`createDurin: ${describeOptionError(result.error, options)}`);
  const parsed = result.data;
  return Object.freeze({
    orm: parsed.orm,
    entities: parsed.entities,
    secrets: parsed.secret,
    tokenLength: parsed.tokenLength,
    tokenPrefix: parsed.tokenPrefix,
    scheme: parsed.authHeaderPrefix,
    trustProxy: parsed.trustProxy,
    tokenInUrl: parsed.tokenInUrl,
    clients: clientsOf(parsed),
    defaultTtlSeconds: parsed.defaultTokenTtl,
    populate: parsed.populate,
    filters: parsed.filters,
    databaseTimeoutMs: parsed.databaseTimeout * 1000,
    cache: cacheOf(parsed),
    throttle: throttleOf(parsed),
    login: loginOf(parsed),
    apiAccess: apiAccessOf(parsed),
    isUserActive: parsed.isUserActive ?? null,
    formatExpiry: parsed.formatExpiry ?? asDate,
    now: parsed.now,
    onListenerError: parsed.onListenerError ?? logListenerError,
  });
}

function clientsOf({ clients, defaultTokenTtl }: ParsedOptions): ClientValues[] | null {
  if (clients === undefined) return null;
  return Object.entries(clients).map(([name, { tokenTtl, throttleRate }]) => {
    const values = { name, tokenTtl: tokenTtl === undefined ? defaultTokenTtl : tokenTtl, throttleRate };
    try {
      assertValidClient(values);
    } catch (error) {
      throw new DurinUsageError(`createDurin: clients.${name}: ${error instanceof Error ? error.message : ''}`);
    }
    return values;
  });
}

function apiAccessOf({ apiAccess, clients }: ParsedOptions): ApiAccessSettings {
  const { clientName = null } = apiAccess;
  if (clientName !== null && clients !== undefined && !Object.hasOwn(clients, clientName))
    throw new DurinUsageError(`createDurin: apiAccess.clientName: no client '${clientName}' in the option clients`);
  return { ...apiAccess, clientName };
}

const defaultStoreTimeoutMs = 100;

function cacheOf({ cache }: ParsedOptions): CacheSettings | null {
  if (cache === undefined) return null;
  const { ttl, maxSessions, timeout, store = null, bus = null } = cache;
  const ttlMs = ttl * 1000;
  if (store !== null && ttlMs > maxSharedTtlMs)
    throw new DurinUsageError('createDurin: cache.ttl must be at most 1 hour where there is a store');
  return { ttlMs, maxSessions, deadlineMs: timeout ?? defaultStoreTimeoutMs, store, bus };
}

function throttleOf({ throttle }: ParsedOptions): ThrottleSettings {
  const { rate, redis = null, prefix = null, login } = throttle;
  const { perUser, perAddress } = login === false ? { perUser: null, perAddress: null } : login;
  return { sessionQuota: rate, loginQuotas: { perUser, perAddress }, redis, prefix };
}

function loginOf(parsed: ParsedOptions): LoginSettings {
  const { refreshTokenOnLogin, rotateTokenOnLogin } = parsed;
  if (refreshTokenOnLogin && rotateTokenOnLogin)
    throw new DurinUsageError('createDurin: refreshTokenOnLogin and rotateTokenOnLogin exclude each other');
  return {
    input: parsed.loginInput,
    verifyCredentials: parsed.verifyCredentials,
    resolveClient: parsed.resolveClient ?? null,
    serializeUser: parsed.serializeUser ?? null,
    response: parsed.loginResponse ?? null,
    onConflict: rotateTokenOnLogin ? 'replace' : refreshTokenOnLogin ? 'renew' : 'keep',
    userKey: userKeyOf(parsed),
  };
}

const userNameFields = ['username', 'email', 'login'];

/** Without a user key, logins would be limited per address only, and nobody would notice. */
function userKeyOf({ loginInput, throttle: { login } }: ParsedOptions): LoginSettings['userKey'] {
  if (login === false) return userNameOf;
  const { userKey, perUser } = login;
  if (userKey !== undefined) return (input) => runSyncCallback('throttle.login.userKey', () => userKey(input)) ?? null;
  if (perUser === null) return userNameOf;
  const alternatives = outputFieldsOf(loginInput);
  if (alternatives === null) return (input) => userNameOf(input) ?? refuseNamelessLogin();
  if (!alternatives.every((fields) => userNameFields.some((field) => fields.includes(field))))
    throw new DurinUsageError(
      'createDurin: throttle.login.userKey is required, since loginInput has no username, email or login; ' +
        'or throttle.login.perUser must be null',
    );
  return userNameOf;
}

/** What a transform returns is not known before it runs. */
function refuseNamelessLogin(): never {
  throw new DurinUsageError(
    'throttle.login.userKey is required, since the transform in loginInput returned no username, email or login; ' +
      'or throttle.login.perUser must be null',
  );
}

function userNameOf(input: ParsedLoginInput): string | null {
  const name = userNameFields.map((field) => input[field]).find((value) => typeof value === 'string');
  return name === undefined ? null : name.normalize('NFKC').trim().toLowerCase();
}

function asDate(expiry: Date | null): Date | null {
  return expiry;
}

function logListenerError(error: unknown, event: string): void {
  console.error(`A listener of durin's event ${event} failed:`, error);
}
