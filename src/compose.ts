import { randomBytes } from 'node:crypto';
import { createCachedClientStore } from './cache/cached-client-store.ts';
import { createCachedKeyStore } from './cache/cached-key-store.ts';
import { createCachedTokenStore } from './cache/cached-token-store.ts';
import { connectCache } from './cache/connect-cache.ts';
import { createDatabase } from './database/database.ts';
import { createDatabaseTimeout } from './database/database-timeout.ts';
import { createSqlKeyStore } from './database/keys/sql-key-store.ts';
import { readSchema } from './database/schema.ts';
import { createSqlClientStore } from './database/sql-client-store.ts';
import { createSqlTokenStore } from './database/tokens/sql-token-store.ts';
import { createUserCredentials } from './database/tokens/user-credentials.ts';
import { watchChanges } from './database/watch-changes.ts';
import { createDurinClients } from './durin-clients.ts';
import { createCommittedEvents, createEventHub } from './events.ts';
import { keyWarningOf } from './options/key-warning.ts';
import type { Settings } from './options/settings.ts';
import { createLoginServices } from './router/create-login-services.ts';
import { createStreams } from './streams/create-streams.ts';
import { createLimits } from './throttle/create-limits.ts';
import { createActiveUser } from './tokens/active-user.ts';
import { createAuthenticate } from './tokens/authenticate.ts';
import { createEntityChanges } from './tokens/entity-changes.ts';
import { createIssueToken } from './tokens/issue-token.ts';
import { createKeyServices } from './tokens/keys/create-key-services.ts';
import { createLastUsed } from './tokens/last-used.ts';
import { createPurgeTokens } from './tokens/purge-tokens.ts';
import { createRenewToken } from './tokens/renew-token.ts';
import { createTokenRevoker } from './tokens/revoke-tokens.ts';
import { createSessionScopes } from './tokens/rights/scopes.ts';
import { createTokenCodec } from './tokens/token-codec.ts';
import { createUnderWay } from './tokens/under-way.ts';
import { createRequireFresh } from './tokens/verification/freshness.ts';
import { createAdmission } from './trpc/admission.ts';
import { createDenials } from './trpc/denials.ts';
import { createPolicies } from './trpc/policies.ts';
import { createRequestStates } from './trpc/request-states.ts';
import { createResolveCaller, createResolveVisitor } from './trpc/resolve-caller.ts';
import { createToAuth } from './trpc/to-auth.ts';

/** The services of one durin. */
export type ObjectGraph = ReturnType<typeof compose>;

/** Builds each service once and connects them. The only place that does; it does no I/O. */
export function compose(settings: Settings) {
  const { orm, now, databaseTimeoutMs, onWarning } = settings;
  const apiClientName = settings.apiAccess.clientName;

  const keyWarning = keyWarningOf(settings);
  if (keyWarning !== null) onWarning(keyWarning);

  // The database
  const schema = readSchema(orm, settings.entities, settings.filters);
  const database = createDatabase(orm, databaseTimeoutMs, settings.preparedStatements);
  const { isInTransaction } = database;
  const bounded = createDatabaseTimeout(databaseTimeoutMs, isInTransaction);
  const hub = createEventHub(settings.onListenerError);
  const events = createCommittedEvents(hub, database);

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
    events,
    onWarning,
    timeoutMs: databaseTimeoutMs,
    now,
  });
  const { load } = sqlTokenStore;
  const keyStore = createCachedKeyStore(createSqlKeyStore(database, schema), invalidation);
  const store = createCachedTokenStore({ store: sqlTokenStore, load, cache, isInTransaction, invalidation });

  // The rules
  const keyServices = createKeyServices({ rules: settings.keys, apiClientName, keyStore, events, bounded, now });
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
  const purge = createPurgeTokens({ store, notices, events, now });
  const lastUsed = createLastUsed({ store, notices, bounded, now });

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
  const limits = createLimits({ settings: settings.throttle, namespace, events, onWarning, isInTransaction, now });
  const { throttle } = limits;
  const requireFresh = createRequireFresh({ codec, authenticate, findStored: store.findStored, now });

  // The requests
  const { createContext, stateOf, limitsOf, hasCookie } = createRequestStates({
    authenticate,
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
  const denials = createDenials({ events, now });
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
    events,
    bounded,
    now,
  });

  return {
    settings,
    schema,
    database,
    bounded,
    hub,
    events,
    store,
    keyStore,
    ...keyServices,
    clientStore,
    clients,
    codec,
    revoker,
    scopes,
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
    /** Ends open streams, writes pending uses and ends timers and connections. The app's ORM stays open. */
    async close() {
      streams.close();
      await cache?.close(); // first, while changes still reach it
      stopWatching();
      peers.leave();
      limits.close();
      await lastUsed.close();
    },
  };
}
