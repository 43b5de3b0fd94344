import { randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { createAuthenticate } from './authenticate.ts';
import { createCachedClientStore } from './cache/cached-client-store.ts';
import { createCachedTokenStore } from './cache/cached-token-store.ts';
import { createCache } from './cache/create-cache.ts';
import { createClientAdmin, type DurinClients } from './client-admin.ts';
import { createContextKeeper, presentedCredentials } from './context.ts';
import { createDatabase } from './database/database.ts';
import type { DurinClient } from './database/entities.ts';
import { inTime, punctual } from './database/punctual.ts';
import { type MikroORM, readSchema } from './database/schema.ts';
import { createSqlClientStore } from './database/sql-client-store.ts';
import { createSqlTokenStore } from './database/sql-token-store.ts';
import type { TokenStore } from './database/token-store.ts';
import type { AuthClient, AuthUser, PopulatePath, UserKey } from './database/views.ts';
import { watchChanges } from './database/watch-changes.ts';
import { createEventHub, type EventSink, type EventSource } from './events.ts';
import { createFollowChanges } from './follow-changes.ts';
import type { Credentials } from './header.ts';
import { createLastUsed } from './last-used.ts';
import type { DurinOptions } from './options.ts';
import { type AppTypes, createProcedures, type DurinProcedures } from './procedures.ts';
import { type AdapterCall, type DurinContext, DurinRequest, type HeaderSource } from './request.ts';
import { resolveOptions } from './resolve-options.ts';
import { createResponseMeta, type ResponseFacts } from './response-meta.ts';
import { createDurinRouter, type DurinRouter, type LoginTypes } from './router/durin-router.ts';
import { type DefaultLoginInput, defaultLoginInput } from './router/login.ts';
import { type Auth, toAuth } from './session.ts';
import { createSignIn } from './sign-in.ts';
import { createLoginThrottle } from './throttle/login-throttle.ts';
import { createMemoryRateCounter } from './throttle/memory-rate-counter.ts';
import { createRedisRateCounter } from './throttle/redis-rate-counter.ts';
import { createThrottle } from './throttle/throttle.ts';
import { createTokenCodec } from './token.ts';
import { createTokenAdmin, type DurinTokens } from './token-admin.ts';
import { createTokenIssuer } from './token-issuer.ts';
import { createTokenRevoker } from './token-revoker.ts';

/** A user entity, or its primary key. */
type UserRef<TApp extends AppTypes> = TApp['userEntity'] | UserKey<TApp['userEntity']>;

type AppAuth<TApp extends AppTypes> = Auth<
  AuthUser<TApp['userEntity'], TApp['populate']>,
  AuthClient<TApp['clientEntity'], TApp['populate'], TApp['clientName']>
>;

/** What `createDurin` gives. Its functions need no `this`. */
export interface Durin<TApp extends AppTypes, TLogin extends LoginTypes> extends DurinProcedures<TApp> {
  readonly durinRouter: DurinRouter<TLogin>;
  /** Makes `ctx.durin` of what any tRPC adapter passes; does no I/O. Spread it to add a context of your own. */
  readonly createContext: (call?: AdapterCall) => DurinContext;
  /** Sets the headers that refusals, throttled routes and token answers should have. */
  readonly responseMeta: (facts: ResponseFacts) => { headers: Headers };
  readonly tokens: DurinTokens<UserRef<TApp>, AppAuth<TApp>, TApp['clientName']>;
  readonly clients: DurinClients;
  readonly users: {
    /** To be called after a change made past the ORM's unit of work: drops what caches know of the user. */
    readonly forget: (user: UserRef<TApp>) => Promise<void>;
  };
  readonly events: EventSource<UserKey<TApp['userEntity']>>;
  /**
   * Who calls, for routes that are not tRPC. Not throttled.
   * @param source a request, its headers, or a token
   * @throws DurinError the 401 codes, STORE_UNAVAILABLE
   */
  readonly authenticate: (source: AuthSource) => Promise<AppAuth<TApp>>;
  /** Writes what is pending and ends the timers; the ORM stays open. */
  readonly close: () => Promise<void>;
}

/** A fetch or Node request, headers, or a token. */
export type AuthSource = string | HeaderSource | { readonly headers: HeaderSource };

/** `login`'s input: the app's, and the client's name unless the app resolves that itself. */
type LoginInput<TLoginInput extends z.ZodObject, TClientName extends string, TResolveClient> = z.input<TLoginInput> &
  (unknown extends TResolveClient ? { client: TClientName } : object);

type LoginOutput<TSerializedUser, TExpiry, TExtra> = Flatten<
  { token: string; expiry: TExpiry } & (unknown extends TSerializedUser ? object : { user: TSerializedUser }) & TExtra
>;

type Flatten<T> = { [K in keyof T]: T[K] } & {};

/**
 * Per-client token authentication over the app's ORM. Does no I/O.
 * @throws DurinUsageError naming the option that is unknown, missing or wrong
 */
export function createDurin<
  TUserEntity extends object,
  TClientEntity extends DurinClient,
  TClientName extends string = string,
  const TPopulate extends readonly PopulatePath<TUserEntity, TClientEntity>[] | false = readonly ['user'],
  TLoginInput extends z.ZodObject = DefaultLoginInput,
  TResolveClient = unknown,
  TSerializedUser = unknown,
  TExpiry = Date | null,
  TLoginExtra extends object = object,
>(
  options: DurinOptions<
    TUserEntity,
    TClientEntity,
    TClientName,
    TPopulate,
    TLoginInput,
    TResolveClient,
    TSerializedUser,
    TExpiry,
    TLoginExtra
  >,
): Durin<
  { userEntity: TUserEntity; clientEntity: TClientEntity; clientName: TClientName; populate: TPopulate },
  {
    loginInput: LoginInput<TLoginInput, TClientName, TResolveClient>;
    loginOutput: LoginOutput<TSerializedUser, TExpiry, TLoginExtra>;
    expiry: TExpiry;
  }
> {
  const settings = resolveOptions(options);
  const orm = options.orm as MikroORM; // how its entities are listed matters to nothing here
  const { isUserActive: ownActiveRule } = options;
  const { now, scheme, trustProxy, apiAccess, databaseTimeoutMs } = settings;

  const schema = readSchema(orm, options.entities as never);
  const database = createDatabase(orm, databaseTimeoutMs);
  const hub = createEventHub(settings.onListenerError);
  const events: EventSink = { emit: (name, event) => void database.afterCommit(() => hub.emit(name, event)) };
  const rules = { populate: settings.populate, hasOwnActiveRule: ownActiveRule !== undefined };
  const sqlStore = createSqlTokenStore(database, schema, rules);
  const { isInTransaction, afterCommit } = database;
  const cache = settings.cache && createCache(settings.cache, sqlStore.format, now);
  const ownStore = cache
    ? createCachedTokenStore({ store: sqlStore, load: sqlStore.load, cache, isInTransaction, afterCommit })
    : sqlStore;
  // A look-up has its deadline where it meets the database, and a purge takes as long as it takes.
  const store = punctual<TokenStore>(ownStore, databaseTimeoutMs, ['findBySelector', 'deleteExpired']);
  const codec = createTokenCodec({ ...settings, randomBytes });

  const isUserActive = (ownActiveRule ?? isNotInactive) as (user: object) => boolean;
  const revoker = punctual(createTokenRevoker({ store: ownStore, events, now }), databaseTimeoutMs, ['tellRevoked']);
  const authenticate = createAuthenticate({ codec, store, revoker, events, isUserActive, now });
  const lastUsed = createLastUsed(store, now);
  const { hasOwnActiveRule } = rules;
  const changes = createFollowChanges({ store, revoker, cache, afterCommit, isUserActive, hasOwnActiveRule });
  watchChanges(orm, schema, sqlStore.related, changes);
  const { createContext, stateOf } = createContextKeeper({
    authenticate,
    findBySelector: store.findBySelector,
    scheme,
    trustProxy,
  });

  const memory = createMemoryRateCounter(now);
  const redis = settings.countingRedis;
  const counter = redis === null ? memory : createRedisRateCounter({ redis, memory, now });
  const throttle = createThrottle(counter, events);
  const { issueToken } = punctual(
    { issueToken: createTokenIssuer({ codec, store: ownStore, events, now }) },
    databaseTimeoutMs,
  );
  const signIn = createSignIn({
    store,
    issueToken,
    throttle: createLoginThrottle(counter, throttle, settings.loginQuotas),
    events,
    rules: {
      verifyCredentials: (input, ctx) =>
        inTime(databaseTimeoutMs, () => options.verifyCredentials({ input: input as never, em: database.fork(), ctx })),
      resolveClient: async (input, ctx) =>
        options.resolveClient ? options.resolveClient({ input: input as never, ctx }) : input['client'],
      isUserActive,
      hasOwnActiveRule: rules.hasOwnActiveRule,
      userKeyOf: schema.toUserKey,
      loginUserKey: settings.loginUserKey,
      whenHeld: settings.whenHeld,
    },
  });

  const durinRouter = createDurinRouter({
    stateOf,
    lastUsed,
    signIn,
    store,
    revoker,
    issueToken,
    codec,
    events,
    now,
    loginInput: options.loginInput ?? defaultLoginInput,
    takesClient: options.resolveClient === undefined,
    formatExpiry: options.formatExpiry ?? ((expiry) => expiry),
    serializeUser: (options.serializeUser as ((user: object) => unknown) | undefined) ?? null,
    loginResponse: (options.loginResponse as ((facts: object) => unknown) | undefined) ?? null,
    apiClientName: apiAccess.clientName,
    excludesApiAccess: apiAccess.excludeFromSessions,
    includesToken: apiAccess.includeToken,
  });
  const ownProcedures = new Set<unknown>(Object.values(durinRouter._def.procedures));

  const durin = {
    durinRouter,
    ...createProcedures({
      stateOf,
      throttle,
      sessionQuota: settings.sessionQuota,
      lastUsed,
      now,
      clientNames: settings.clients?.map(({ name }) => name) ?? null,
    }),
    createContext,
    responseMeta: createResponseMeta({
      scheme,
      isPrivate: (procedure) => ownProcedures.has(procedure),
      limitsOf: (ctx) => stateOf(ctx).limits.values(),
      now,
    }),
    tokens: createTokenAdmin({
      store,
      issueToken,
      revoker,
      events,
      apiClientName: apiAccess.clientName,
      userKeyOf: schema.toUserKey,
      now,
    }),
    clients: createClientAdmin({
      clientStore: punctual(
        createCachedClientStore(createSqlClientStore(database, schema), changes),
        databaseTimeoutMs,
      ),
      revoker,
      clients: settings.clients ?? [],
      defaultTtlSeconds: settings.defaultTtlSeconds,
    }),
    users: {
      async forget(user: unknown) {
        const userId = schema.toUserKey(user);
        await changes.userChanged(userId, await store.findAccount(userId));
      },
    },
    events: { on: hub.on },
    async authenticate(source: AuthSource) {
      return toAuth(await authenticate(credentialsOf(source, scheme)), now());
    },
    async close() {
      await lastUsed.close();
      await cache?.close();
    },
  };
  return durin as never; // inside, nothing has the app's types
}

function isNotInactive(user: { readonly isActive?: unknown }): boolean {
  return user.isActive !== false;
}

function credentialsOf(source: AuthSource, scheme: string): Credentials {
  if (typeof source === 'string') return { kind: 'token', token: source };
  if (typeof source !== 'object' || source === null) return { kind: 'none' }; // such as a header that is not there
  const isRequest = 'headers' in source && typeof source.headers === 'object';
  const headers = isRequest ? source.headers : source;
  return presentedCredentials(DurinRequest.fromAdapter({ req: { headers } }, 0), scheme);
}
