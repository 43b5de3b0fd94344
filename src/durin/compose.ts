import { randomBytes } from 'node:crypto';
import { createCachedClientStore } from '../cache/cached-client-store.ts';
import { createCachedKeyStore } from '../cache/cached-key-store.ts';
import { createCachedTokenStore } from '../cache/cached-token-store.ts';
import { connectCache } from '../cache/connect-cache.ts';
import { connectDatabase } from '../database/connect-database.ts';
import { createSqlKeyStore } from '../database/keys/sql-key-store.ts';
import { createChangeContext, noChangeContext } from '../database/records/change-context.ts';
import { createSqlAuditStore } from '../database/records/sql-audit-store.ts';
import { createSqlUsageStore } from '../database/records/sql-usage-store.ts';
import { readSchema } from '../database/schema.ts';
import { createSqlClientStore } from '../database/sql-client-store.ts';
import { createOverridableTokenStore } from '../database/tokens/overridable-token-store.ts';
import { createSqlTokenStore } from '../database/tokens/sql-token-store.ts';
import { createUserCredentials } from '../database/tokens/user-credentials.ts';
import { watchChanges } from '../database/watch-changes.ts';
import { createEventHub } from '../events.ts';
import { createCheckHealth } from '../health/check-health.ts';
import { createTelemetry, observed } from '../health/telemetry.ts';
import { keyWarningOf } from '../options/key-warning.ts';
import type { Settings } from '../options/settings.ts';
import { createActors } from '../records/actors.ts';
import { createCallCounts, withCallCounts } from '../records/call-counts.ts';
import { createLoginServices } from '../router/create-login-services.ts';
import { createStreams } from '../streams/create-streams.ts';
import { createLimits } from '../throttle/create-limits.ts';
import { createActiveUser } from '../tokens/active-user.ts';
import { createAuthenticate } from '../tokens/authenticate.ts';
import { createEntityChanges } from '../tokens/entity-changes.ts';
import { createIssueToken } from '../tokens/issue-token.ts';
import { createKeyServices } from '../tokens/keys/create-key-services.ts';
import { createLastUsed } from '../tokens/last-used.ts';
import { createPurgeTokens } from '../tokens/purge-tokens.ts';
import { createRenewToken } from '../tokens/renew-token.ts';
import { createTokenRevoker } from '../tokens/revoke-tokens.ts';
import { createSessionScopes } from '../tokens/rights/scopes.ts';
import { createTokenCodec } from '../tokens/token-codec.ts';
import { createUnderWay } from '../tokens/under-way.ts';
import { createRequireFresh } from '../tokens/verification/freshness.ts';
import { createAdmission } from '../trpc/admission.ts';
import { createDenials } from '../trpc/denials.ts';
import { createPolicies } from '../trpc/policies.ts';
import { createRequestStates } from '../trpc/request-states.ts';
import { createResolveCaller, createResolveVisitor } from '../trpc/resolve-caller.ts';
import { createToAuth } from '../trpc/to-auth.ts';
import { createDurinClients } from './durin-clients.ts';
import { createShutdown } from './shutdown.ts';

/** The services of one durin. */
export type ObjectGraph = ReturnType<typeof compose>;

/** Builds each service once and connects them. The only place that does; it does no I/O. */
export function compose(settings: Settings) {
  const { orm, now, databaseTimeoutMs, onWarning } = settings;
  const telemetry = createTelemetry();
  const apiClientName = settings.apiAccess.clientName;

  const keyWarning = keyWarningOf(settings);
  if (keyWarning !== null) onWarning(keyWarning);

  // The database
  const schema = readSchema(orm, settings.entities, settings.filters);
  const actors = createActors(schema.audit !== null, schema.toUserKey);
  const changeContext = actors === null ? noChangeContext : createChangeContext(actors.current);
  const hub = createEventHub(settings.onListenerError);
  const { database, bounded, events, partStates, ...connected } = connectDatabase({
    ...settings,
    hub,
    schema,
    changeContext,
  });
  const { isInTransaction } = database;

  // The stores, behind the cache if there is one
  const credentials = createUserCredentials(database, schema, settings.credentialFields);
  const rowRules = {
    populate: settings.populate,
    hasOwnActiveRule: settings.isUserActive !== null,
    hasScopesRule: settings.scopesOf !== null,
    hasNetworksRule: settings.keys.some(({ readsUser }) => readsUser),
  };
  const sqlTokenStore = createSqlTokenStore(database, schema, rowRules, credentials);
  const { cache, peers, changes, invalidation } = connectCache({
    settings: settings.cache,
    secrets: settings.secrets,
    database,
    schema,
    sqlTokenStore,
    partStates,
    telemetry,
    onWarning,
    timeoutMs: databaseTimeoutMs,
    now,
  });
  const { load } = sqlTokenStore;
  const keyStore = createCachedKeyStore(createSqlKeyStore(database, schema), invalidation);
  const tokenStore = createOverridableTokenStore(
    createCachedTokenStore({ store: sqlTokenStore, load, cache, isInTransaction, invalidation, telemetry }),
  );
  const { store } = tokenStore;

  // The rules
  const keyServices = createKeyServices({
    rules: settings.keys,
    apiClientName,
    keyStore,
    actors,
    events,
    bounded,
    now,
  });
  const { keyClients, notices } = keyServices;
  const codec = createTokenCodec({ ...settings, randomBytes });
  const signInsUnderWay = createUnderWay();
  const issuesUnderWay = createUnderWay();
  const revoker = createTokenRevoker({ store, database, events, signInsUnderWay, issuesUnderWay, now });
  const activeUser = createActiveUser({
    store,
    isUserActive: settings.isUserActive,
    hasFlag: schema.hasActiveFlag,
  });
  const scopes = createSessionScopes(settings);
  const { authenticate, recognize } = createAuthenticate({ codec, store, revoker, activeUser, events, bounded, now });
  const issueToken = createIssueToken({ codec, store, revoker, activeUser, keyClients, events, issuesUnderWay, now });
  const renewToken = createRenewToken({ store, revoker, activeUser, events, now });
  const usageStore = createSqlUsageStore(database, schema);
  const purge = createPurgeTokens({ store, usageStore, notices, events, now });
  const uses = createLastUsed({ store, notices, intervalMs: settings.lastUsedIntervalMs, bounded, now });
  const lastUsed =
    usageStore === null ? uses : withCallCounts(uses, createCallCounts({ store: usageStore, bounded, now }));

  // Changes that the app makes through its ORM
  const entityChanges = createEntityChanges({ store, revoker, events, invalidation, activeUser, now });
  const stopWatching = watchChanges(orm, {
    schema,
    related: sqlTokenStore.related,
    userRows: { sql: sqlTokenStore.userRowSql, find: sqlTokenStore.findUserRow },
    credentialFields: credentials.fields,
    listener: entityChanges,
  });

  // The records
  const auditStore = createSqlAuditStore(database, schema);

  // The clients
  const clientStore = createCachedClientStore(createSqlClientStore(database, schema), invalidation);
  const clients = createDurinClients({
    clientStore,
    revoker,
    clients: settings.clients ?? [],
    keyClients,
    scopes,
    defaultTtlSeconds: settings.defaultTtlSeconds,
  });

  // Limits
  const { authRouterQuota } = settings.throttle;
  const { namespace } = schema;
  const limitsDeps = { settings: settings.throttle, namespace, events, partStates, onWarning, isInTransaction, now };
  const limits = createLimits(limitsDeps);
  const { throttle } = limits;
  const requireFresh = createRequireFresh({ codec, authenticate, findStored: store.findStored, now });

  // The requests
  const { createContext, stateOf, limitsOf, hasCookie } = createRequestStates({
    authenticate: observed(telemetry, 'authenticate', authenticate),
    recognize,
    findBySelector: store.findBySelector,
    announced: changes.count,
    schemes: settings.schemes,
    trustProxy: settings.trustProxy,
    tokenInUrl: settings.tokenInUrl,
    apiKeyHeader: settings.apiKeyHeader,
    cookies: settings.cookies,
    now,
  });
  const policies = createPolicies();
  const denials = createDenials({ events, telemetry, now });
  const resolveCaller = createResolveCaller({ stateOf, denials });
  const resolveVisitor = createResolveVisitor({ stateOf, denials });
  const { sessionQuota } = settings.throttle;
  const { keyAccess, activateKey } = keyServices;
  const admission = createAdmission({
    denials,
    throttle,
    sessionQuota,
    scopes,
    keyAccess,
    activateKey,
    requireFresh,
    lastUsed,
  });

  // The streams
  const streams = createStreams({
    findStored: store.findStored,
    authenticate,
    activeUser,
    codec,
    changes,
    bus: settings.cache?.bus ?? null,
    database,
    recheckMs: settings.recheckMs,
    patienceMs: databaseTimeoutMs,
    now,
  });

  // The logins
  const toAuth = createToAuth(now, scopes.heldBy, streams.signalOf);
  const logins = createLoginServices({
    settings,
    schema,
    database,
    credentials: credentials.fields.size === 0 ? null : credentials,
    store,
    loginThrottle: limits.loginThrottle,
    activeUser,
    issueToken,
    keyClients,
    signInsUnderWay,
    issuesUnderWay,
    stateOf,
    toAuth,
    actors,
    events,
    bounded,
    now,
  });

  const logIn: typeof logins.logIn = (...call) => connected.watchOutages(logins.logIn(...call));

  return {
    settings,
    schema,
    database,
    bounded,
    actors,
    hub,
    events,
    store,
    tokenStore,
    changes,
    keyStore,
    ...keyServices,
    auditStore,
    usageStore,
    clientStore,
    clients,
    codec,
    revoker,
    scopes,
    activeUser,
    authenticate,
    issueToken,
    issuesUnderWay,
    renewToken,
    purge,
    lastUsed,
    entityChanges,
    invalidation,
    throttle,
    authRouterQuota,
    ...logins,
    logIn: observed(telemetry, 'login', logIn),
    requireFresh,
    createContext,
    stateOf,
    limitsOf,
    hasCookie,
    denials,
    policies,
    resolveCaller,
    resolveVisitor,
    admission,
    toAuth,
    followCall: streams.followCall,
    telemetry,
    partStates,
    countStreams: streams.count,
    checkHealth: createCheckHealth({
      states: partStates,
      connect: () => cache?.connect?.(),
      checks: { ...connected.checks, store: cache?.checkStore ?? null, throttle: limits.check },
      now,
    }),
    ...createShutdown({
      streams,
      cache,
      lastUsed,
      notices,
      stops: [stopWatching, peers.leave, limits.close, connected.stopReports],
    }),
  };
}
