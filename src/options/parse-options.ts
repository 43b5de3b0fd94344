import { availableParallelism } from 'node:os';
import type { CacheSettings } from '../cache/create-cache.ts';
import { maxSharedTtlMs } from '../cache/fence-store.ts';
import { DurinUsageError } from '../errors.ts';
import { outputFieldsOf } from '../router/login-schema.ts';
import { runSyncCallback } from '../tokens/app-callback.ts';
import { type ConfiguredClient, clientDefaults, parseClientFields } from '../values/client-fields.ts';
import { foldName } from '../values/fold-name.ts';
import { describeOptionError, optionIssueMessage } from '../values/option-error.ts';
import type { Quota } from '../values/rate.ts';
import { unknownScopeProblem } from '../values/scope.ts';
import { cookieSettingsOf } from './cookie-settings-of.ts';
import { keyRulesOf } from './key-rules-of.ts';
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
    schemes: parsed.authHeaderPrefix,
    apiKeyHeader: parsed.apiKeyHeader ?? null,
    cookies: cookieSettingsOf(parsed),
    trustProxy: parsed.trustProxy,
    tokenInUrl: parsed.tokenInUrl,
    clients: clientsOf(parsed),
    keys: keyRulesOf(parsed),
    scopes: parsed.scopes,
    scopesOf: parsed.scopesOf ?? null,
    defaultTtlSeconds: parsed.defaultTokenTtl,
    credentialFields: parsed.credentialFields,
    populate: parsed.populate,
    filters: parsed.filters,
    databaseTimeoutMs: parsed.databaseTimeout * 1000,
    lastUsedIntervalMs: parsed.lastUsedInterval * 1000,
    preparedStatements: parsed.preparedStatements,
    cache: cacheOf(parsed),
    recheckMs: parsed.streams.recheck * 1000,
    throttle: throttleOf(parsed),
    login: loginOf(parsed),
    apiAccess: apiAccessOf(parsed),
    isUserActive: parsed.isUserActive ?? null,
    formatExpiry: parsed.formatExpiry ?? asDate,
    now: parsed.now,
    onListenerError: parsed.onListenerError ?? logListenerError,
    onWarning: parsed.onWarning ?? logWarning,
  });
}

function clientsOf({ clients, scopes: ofApp, defaultTokenTtl }: ParsedOptions): ConfiguredClient[] | null {
  if (clients === undefined) return null;
  return Object.entries(clients).map(([name, { scopes = null, keys: _keys, transport: _transport, ...fields }]) => {
    const problem = unknownScopeProblem(scopes ?? [], ofApp);
    if (problem !== null) throw new DurinUsageError(`createDurin: clients.${name}.scopes: ${problem}`);
    try {
      const given = parseClientFields({ name, ...fields });
      return { given, values: { tokenTtl: defaultTokenTtl, ...clientDefaults, ...given, name }, scopes };
    } catch (error) {
      throw new DurinUsageError(`createDurin: clients.${name}: ${error instanceof Error ? error.message : ''}`);
    }
  });
}

function apiAccessOf({ apiAccess, clients }: ParsedOptions): ApiAccessSettings {
  const { clientName = null, fresh = null, ...flags } = apiAccess;
  if (clientName !== null && clients !== undefined && !Object.hasOwn(clients, clientName))
    throw new DurinUsageError(`createDurin: apiAccess.clientName: no client '${clientName}' in the option clients`);
  if (clientName !== null && clients?.[clientName]?.keys !== undefined)
    throw new DurinUsageError(
      `createDurin: apiAccess.clientName: the client '${clientName}' has keys, and apiAccess replaces a user's only one`,
    );
  return { ...flags, clientName, freshSeconds: fresh };
}

const defaultStoreTimeoutMs = 100;

function cacheOf({ cache }: ParsedOptions): CacheSettings | null {
  if (cache === undefined) return null;
  const { ttl, maxSessions, timeout, store = null, bus = null } = cache;
  const ttlMs = ttl * 1000;
  if ((store !== null || bus !== null) && ttlMs > maxSharedTtlMs)
    throw new DurinUsageError('createDurin: cache.ttl must be at most 1 hour where there is a store or a bus');
  return { ttlMs, maxSessions, deadlineMs: timeout ?? defaultStoreTimeoutMs, store, bus };
}

function throttleOf({ throttle }: ParsedOptions): ThrottleSettings {
  const { rate, authRouter, redis = null, limiter = null, prefix = null, login } = throttle;
  const common = { sessionQuota: rate, authRouterQuota: authRouter, redis, limiter, prefix };
  if (login === false) return { ...common, loginQuotas: noLoginQuotas, loginQueue: null };
  const { perUser, perAddress, perAccount, successes, concurrency, queue } = login;
  const unknownAddress = login.unknownAddress === undefined ? unknownAddressQuota(perUser) : login.unknownAddress;
  return {
    ...common,
    loginQuotas: { perUser, perAddress, perAccount, unknownAddress, successes },
    loginQueue: { concurrency: concurrency ?? passwordsAtOnce(), maxWaiting: queue },
  };
}

const noLoginQuotas = { perUser: null, perAddress: null, perAccount: null, unknownAddress: null, successes: null };

/**
 * Where addresses are unknown, the default of perUser would let ten wrong passwords a minute lock a user out from anywhere.
 * A perUser of the app's own is taken as it is: then the app has chosen.
 */
function unknownAddressQuota(perUser: Quota | null): Quota {
  const isDefault = perUser === null || (perUser.limit === 10 && perUser.windowSeconds === 60);
  return isDefault ? { limit: 60, windowSeconds: 60 } : perUser;
}

/** One per core, at least 2. At most 3, because Node's thread pool has 4 threads, and files and DNS need one of them. */
function passwordsAtOnce(): number {
  return Math.min(Math.max(availableParallelism(), 2), 3);
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
    userNames: userNamesOf(parsed),
    typedName: typedNameOf(parsed),
  };
}

const userNameFields = ['username', 'email', 'login'];

/** Without a user key, logins would be limited per address only, and nobody would notice. */
function userNamesOf({ loginInput, throttle: { login } }: ParsedOptions): LoginSettings['userNames'] {
  if (login === false) return namesInFields;
  const { userKey, perUser } = login;
  if (userKey !== undefined)
    return (input) => [runSyncCallback('throttle.login.userKey', () => userKey(input)) ?? []].flat();
  if (perUser === null) return namesInFields;
  const alternatives = outputFieldsOf(loginInput);
  if (alternatives === null) return (input) => requireNames(namesInFields(input));
  if (!alternatives.every((fields) => userNameFields.some((field) => fields.includes(field))))
    throw new DurinUsageError(
      'createDurin: throttle.login.userKey is required, because loginInput has no username, email or login; ' +
        'or throttle.login.perUser must be null',
    );
  return namesInFields;
}

/** What a transform returns is not known before it runs. */
function requireNames(names: string[]): string[] {
  if (names.length > 0) return names;
  throw new DurinUsageError(
    'throttle.login.userKey is required, because the transform in loginInput returned no username, email or login; ' +
      'or throttle.login.perUser must be null',
  );
}

/** The app may look a user up by any of the fields, so each counts. */
function namesInFields(input: ParsedLoginInput): string[] {
  return typedNames(input).map(foldName);
}

function typedNames(input: ParsedLoginInput): string[] {
  return userNameFields.map((field) => input[field]).filter((value) => typeof value === 'string');
}

/** With several names it is not certain which one the app has verified. */
function typedNameOf({ throttle: { login } }: ParsedOptions): LoginSettings['typedName'] {
  const userKey = login === false ? undefined : login.userKey;
  return userKey === undefined ? onlyTypedName : (input) => onlyOne([userKey(input) ?? []].flat());
}

function onlyTypedName(input: ParsedLoginInput): string | null {
  return onlyOne(typedNames(input));
}

function onlyOne([name, ...others]: readonly string[]): string | null {
  return name === undefined || others.length > 0 ? null : name;
}

function asDate(expiry: Date | null): Date | null {
  return expiry;
}

function logWarning(message: string): void {
  console.warn(message);
}

function logListenerError(error: unknown, event: string): void {
  console.error(`A listener of durin's event ${event} failed:`, error);
}
