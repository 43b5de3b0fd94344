import { randomBytes } from 'node:crypto';
import { watchChanges } from '../database/watch-changes.ts';
import { createCheckHealth } from '../health/check-health.ts';
import { createTelemetry, observed } from '../health/telemetry.ts';
import { keyWarningOf } from '../options/key-warning.ts';
import type { Settings } from '../options/settings.ts';
import { createCallCounts, noCallCounts, withCallCounts } from '../records/call-counts.ts';
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
import { createPolicies } from '../trpc/policies/policies.ts';
import { createRequestStates } from '../trpc/request-states.ts';
import { createResolveCaller, createResolveVisitor } from '../trpc/resolve-caller.ts';
import { createToAuth } from '../trpc/to-auth.ts';
import { composeStores } from './compose-stores.ts';
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

  const stores = composeStores(settings, telemetry);
  const { schema, database, bounded, events, partStates, actors, changes, invalidation, connected } = stores;
  const { store, sqlTokenStore, keyStore, clientStore, usageStore, credentials, cache } = stores;
  const { isInTransaction } = database;

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
  const purge = createPurgeTokens({ store, usageStore, notices, events, now });
  const uses = createLastUsed({ store, notices, intervalMs: settings.lastUsedIntervalMs, bounded, now });
  const counts = usageStore === null ? null : createCallCounts({ store: usageStore, bounded, onWarning, now });
  const lastUsed = counts === null ? uses : withCallCounts(uses, counts);

  // Changes that the app makes through its ORM
  const entityChanges = createEntityChanges({ store, revoker, events, invalidation, activeUser, now });
  const stopWatching = watchChanges(orm, {
    schema,
    related: sqlTokenStore.related,
    userRows: { sql: sqlTokenStore.userRowSql, find: sqlTokenStore.findUserRow },
    credentialFields: credentials.fields,
    listener: entityChanges,
  });

  // The clients
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
    lastUsed: uses, // guards count the calls
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
    timeoutMs: databaseTimeoutMs,
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

  /** A login asks the app's own query first, whose failure may be the first sign of an outage. */
  const logIn: typeof logins.logIn = (...call) => connected.watchFailures(logins.logIn(...call));

  return {
    ...stores,
    ...keyServices,
    settings,
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
    counts: counts ?? noCallCounts,
    entityChanges,
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
    countStreams: streams.count,
    checkHealth: createCheckHealth({
      states: partStates,
      connect: () => cache?.connect?.(),
      checks: { ...connected.checks, store: cache?.checkStore ?? null, throttle: limits.check },
      explainTimeout: database.explainTimeout,
      now,
    }),
    ...createShutdown({
      streams,
      cache,
      lastUsed,
      notices,
      stops: [stopWatching, stores.peers.leave, limits.close, connected.stopReports, () => telemetry.observer?.stop()],
    }),
  };
}
