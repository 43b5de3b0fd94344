import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { createPunctual, inTime } from './async/punctual.ts';
import { createCachedClientStore } from './cache/cached-client-store.ts';
import { createCachedTokenStore } from './cache/cached-token-store.ts';
import { createCache } from './cache/create-cache.ts';
import { createDatabase } from './database/database.ts';
import type { DurinClient } from './database/entities.ts';
import { type MikroORM, readSchema } from './database/schema.ts';
import { createSqlClientStore } from './database/sql-client-store.ts';
import { createSqlTokenStore } from './database/sql-token-store.ts';
import type { TokenStore } from './database/token-store.ts';
import { watchChanges } from './database/watch-changes.ts';
import { createClientAdmin } from './durin-clients.ts';
import { createEventHub, type EventSink } from './events.ts';
import type { DurinOptions } from './options/options.ts';
import { resolveOptions } from './options/settings.ts';
import { createCounters } from './throttle/create-counters.ts';
import { createLoginThrottle } from './throttle/login-throttle.ts';
import { createThrottle } from './throttle/throttle.ts';
import { createUserActivity } from './tokens/active-user.ts';
import { createAuthenticate } from './tokens/authenticate.ts';
import { createFollowChanges } from './tokens/entity-changes.ts';
import { createTokenIssuer } from './tokens/issue-token.ts';
import { createLastUsed } from './tokens/last-used.ts';
import { createTokenPurge } from './tokens/purge-tokens.ts';
import { createTokenRenewer } from './tokens/renew-token.ts';
import { createTokenRevoker } from './tokens/revoke-tokens.ts';
import { createSignIn } from './tokens/sign-in.ts';
import { createTokenCodec } from './tokens/token-codec.ts';
import { createRequestStates } from './trpc/request-state.ts';

/** The options of any app: inside, nothing has an app's types. */
export type AnyOptions = DurinOptions<
  object,
  DurinClient,
  string,
  readonly never[] | false,
  z.ZodObject,
  unknown,
  unknown,
  unknown,
  object
>;

/** What one durin is made of. */
export type ObjectGraph = ReturnType<typeof compose>;

/**
 * Makes the parts and joins them; does no I/O.
 * @throws DurinUsageError naming the option that is unknown, missing or wrong
 */
export function compose(options: AnyOptions) {
  const settings = resolveOptions(options);
  const { now, scheme, trustProxy, databaseTimeoutMs } = settings;
  const orm = options.orm as MikroORM; // how its entities are listed matters to nothing here
  const ownRule = options.isUserActive ?? null;

  const schema = readSchema(orm, options.entities as never); // MikroORM's EntityName is invariant
  const database = createDatabase(orm, databaseTimeoutMs);
  const { isInTransaction } = database;
  const hub = createEventHub(settings.onListenerError);
  const events: EventSink = { emit: (name, event) => void database.afterCommit(() => hub.emit(name, event)) };
  const afterCommit = (forget: () => Promise<void>) => database.afterCommit(forget, { onUnknownOutcome: true });
  const punctual = createPunctual(databaseTimeoutMs, isInTransaction);

  const sqlStore = createSqlTokenStore(database, schema, {
    populate: settings.populate,
    hasOwnActiveRule: ownRule !== null,
  });
  const cache = settings.cache && createCache(settings.cache, sqlStore.format, now);
  const ownStore = cache
    ? createCachedTokenStore({ store: sqlStore, load: sqlStore.load, cache, isInTransaction, afterCommit })
    : sqlStore;
  const purge = createTokenPurge({ store: ownStore, events, now }); // takes as long as it takes
  const store = punctual<TokenStore>(ownStore, ['findBySelector']); // has its deadline at the database
  const ownRevoker = createTokenRevoker({ store: ownStore, events, now });
  const revoker = punctual(ownRevoker, ['tellRevoked']);
  const hasFlag = 'isActive' in schema.userMeta.properties;
  const activity = createUserActivity({ store, ownRule, hasFlag });
  const changes = createFollowChanges({ store, revoker, events, cache, afterCommit, activity, now });
  const unwatch = watchChanges(orm, { schema, related: sqlStore.related, listener: changes });
  const clientStore = createCachedClientStore(createSqlClientStore(database, schema), changes);
  const ownClients = createClientAdmin({
    clientStore,
    revoker: ownRevoker,
    clients: settings.clients ?? [],
    defaultTtlSeconds: settings.defaultTtlSeconds,
  });

  const codec = createTokenCodec({ ...settings, randomBytes });
  const authenticate = createAuthenticate({ codec, store, revoker, events, activity, now });
  const { createContext, stateOf } = createRequestStates({
    authenticate,
    findBySelector: store.findBySelector,
    scheme,
    trustProxy,
  });
  const lastUsed = createLastUsed(store, now);

  const prefix = settings.rateLimitPrefix ?? `durin:rate:${database.name}`;
  const counters = createCounters({ redis: settings.rateLimitRedis, prefix, now });
  const throttle = createThrottle(counters, events);
  const ownIssueToken = createTokenIssuer({ codec, store: ownStore, revoker, activity, events, now });
  const { issueToken, renewToken } = punctual({
    issueToken: ownIssueToken,
    renewToken: createTokenRenewer({ store: ownStore, events, now }),
  });
  const signIn = createSignIn({
    activity,
    issueToken,
    throttle: createLoginThrottle(counters.logins, throttle, settings.loginQuotas),
    events,
    rules: {
      verifyCredentials: (input, ctx) =>
        inTime(databaseTimeoutMs, () => options.verifyCredentials({ input, em: database.fork(), ctx })),
      resolveClient: async (input, ctx) =>
        options.resolveClient ? options.resolveClient({ input, ctx }) : input['client'],
      userKeyOf: schema.userKeyOf,
      loginUserKey: settings.loginUserKey,
      onConflict: settings.onConflict,
    },
  });

  return {
    settings,
    closeDatabase: () => orm.close(),
    schema,
    database,
    hub,
    events,
    cache,
    store,
    clients: punctual(ownClients),
    purge,
    /** Those without deadlines of their own, for who has one around what follows as well. */
    patient: { clients: ownClients, clientStore, revoker: ownRevoker, issueToken: ownIssueToken },
    changes,
    unwatch,
    codec,
    revoker,
    authenticate,
    createContext,
    stateOf,
    lastUsed,
    throttle,
    issueToken,
    renewToken,
    signIn,
  };
}
