import { createCachedClientStore } from '../cache/cached-client-store.ts';
import { createCachedKeyStore } from '../cache/cached-key-store.ts';
import { createCachedTokenStore } from '../cache/cached-token-store.ts';
import { connectCache } from '../cache/connect-cache.ts';
import { createSqlKeyStore } from '../database/keys/sql-key-store.ts';
import { createChangeContext, noChangeContext } from '../database/records/change-context.ts';
import { createSqlAuditStore } from '../database/records/sql-audit-store.ts';
import { createSqlUsageStore } from '../database/records/sql-usage-store.ts';
import { readSchema } from '../database/schema.ts';
import { createSqlClientStore } from '../database/sql-client-store.ts';
import { createOverridableTokenStore } from '../database/tokens/overridable-token-store.ts';
import { createSqlTokenStore } from '../database/tokens/sql-token-store.ts';
import { createUserCredentials } from '../database/tokens/user-credentials.ts';
import { createEventHub } from '../events.ts';
import type { Telemetry } from '../health/telemetry.ts';
import type { Settings } from '../options/settings.ts';
import { createActors } from '../records/actors.ts';
import { composeDatabase } from './compose-database.ts';

/** Builds the part of the graph that reads and writes rows: the database, the stores on it, and the cache before them. */
export function composeStores(settings: Settings, telemetry: Telemetry) {
  const { orm, now, databaseTimeoutMs, onWarning } = settings;

  // The database
  const schema = readSchema(orm, settings.entities, settings.filters);
  const actors = createActors(schema.audit !== null, schema.toUserKey);
  const changeContext = actors === null ? noChangeContext : createChangeContext(actors.current);
  const hub = createEventHub(settings.onListenerError);
  const { database, bounded, events, partStates, ...connected } = composeDatabase({
    ...settings,
    hub,
    schema,
    changeContext,
  });
  const { isInTransaction } = database;

  // The stores
  const credentials = createUserCredentials(database, schema, settings.credentialFields);
  const rowRules = {
    populate: settings.populate,
    hasOwnActiveRule: settings.isUserActive !== null,
    hasScopesRule: settings.scopesOf !== null,
    hasNetworksRule: settings.keys.some(({ readsUser }) => readsUser),
  };
  const sqlTokenStore = createSqlTokenStore(database, schema, rowRules, credentials);
  const auditStore = createSqlAuditStore(database, schema);
  const usageStore = createSqlUsageStore(database, schema);

  // The cache before them, if there is one
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
  const clientStore = createCachedClientStore(createSqlClientStore(database, schema), invalidation);
  const tokenStore = createOverridableTokenStore(
    createCachedTokenStore({ store: sqlTokenStore, load, cache, isInTransaction, invalidation, telemetry }),
  );

  return {
    schema,
    actors,
    hub,
    database,
    bounded,
    events,
    partStates,
    connected,
    credentials,
    sqlTokenStore,
    auditStore,
    usageStore,
    cache,
    peers,
    changes,
    invalidation,
    keyStore,
    clientStore,
    tokenStore,
    store: tokenStore.store,
  };
}
