import type { z } from 'zod';
import { createClientAdmin, type DurinClients } from './client-admin.ts';
import { presentedCredentials } from './context.ts';
import type { DurinClient } from './database/entities.ts';
import type { AuthClient, AuthUser, PopulatePath, UserKey } from './database/views.ts';
import type { EventSource } from './events.ts';
import type { Credentials } from './header.ts';
import type { DurinOptions } from './options.ts';
import { type AnyOptions, createParts, type Parts } from './parts.ts';
import { type AppTypes, createProcedures, type DurinProcedures } from './procedures.ts';
import { type AdapterCall, type DurinContext, DurinRequest, type HeaderSource } from './request.ts';
import { createResponseMeta, type ResponseFacts } from './response-meta.ts';
import { createDurinRouter, type DurinRouter, type LoginTypes } from './router/durin-router.ts';
import { type DefaultLoginInput, defaultLoginInput } from './router/login.ts';
import { type Auth, toAuth } from './session.ts';
import { createTokenAdmin, type DurinTokens } from './token-admin.ts';

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
   * Who calls, for routes that are not tRPC, and for what goes on after its call was let through. Not throttled.
   * @param source a request, its headers, a token, or the `ctx.durin` of a call
   * @throws DurinError the 401 codes, STORE_UNAVAILABLE
   */
  readonly authenticate: (source: AuthSource) => Promise<AppAuth<TApp>>;
  /** Writes what is pending and ends the timers; the ORM stays open. */
  readonly close: () => Promise<void>;
}

/** A fetch or Node request, headers, a token, or `ctx.durin`. */
export type AuthSource = string | DurinRequest | HeaderSource | { readonly headers: HeaderSource };

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
  return assemble(createParts(options as never), options as never) as never; // inside, nothing has the app's types
}

/** The parts, as the app sees them. */
function assemble(parts: Parts, options: AnyOptions) {
  const { settings, schema, store, revoker, issueToken, renewToken, events, stateOf, lastUsed } = parts;
  const { now, scheme, apiAccess } = settings;

  const durinRouter = createDurinRouter({
    ...parts,
    now,
    loginInput: options.loginInput ?? defaultLoginInput,
    takesClient: options.resolveClient === undefined,
    formatExpiry: options.formatExpiry ?? ((expiry) => expiry),
    serializeUser: options.serializeUser ?? null,
    loginResponse: (options.loginResponse as ((facts: object) => unknown) | undefined) ?? null,
    apiClientName: apiAccess.clientName,
    excludesApiAccess: apiAccess.excludeFromSessions,
    includesToken: apiAccess.includeToken,
  });
  const ownProcedures = new Set<unknown>(Object.values(durinRouter._def.procedures));

  return {
    durinRouter,
    ...createProcedures({
      stateOf,
      lastUsed,
      now,
      throttle: parts.throttle,
      sessionQuota: settings.sessionQuota,
      clientNames: settings.clients?.map(({ name }) => name) ?? null,
    }),
    createContext: parts.createContext,
    responseMeta: createResponseMeta({
      scheme,
      isPrivate: (procedure) => ownProcedures.has(procedure),
      limitsOf: (ctx) => stateOf(ctx).limits.values(),
      now,
    }),
    tokens: createTokenAdmin({
      store,
      issueToken,
      renewToken,
      revoker,
      events,
      apiClientName: apiAccess.clientName,
      userKeyOf: schema.toUserKey,
      now,
    }),
    clients: createClientAdmin({
      clientStore: parts.clientStore,
      revoker,
      clients: settings.clients ?? [],
      defaultTtlSeconds: settings.defaultTtlSeconds,
    }),
    users: {
      async forget(user: unknown) {
        const userId = schema.toUserKey(user);
        await parts.changes.userChanged(userId, await store.findAccount(userId));
      },
    },
    events: { on: parts.hub.on },
    async authenticate(source: AuthSource) {
      const record =
        source instanceof DurinRequest
          ? await stateOf({ durin: source }).identifyAnew()
          : await parts.authenticate(credentialsOf(source, scheme));
      return toAuth(record, now());
    },
    async close() {
      parts.unwatch();
      await lastUsed.close();
      await parts.cache?.close();
    },
  };
}

function credentialsOf(source: Exclude<AuthSource, DurinRequest>, scheme: string): Credentials {
  if (typeof source === 'string') return { kind: 'token', token: source };
  if (typeof source !== 'object' || source === null) return { kind: 'none' }; // such as a header that is not there
  const isRequest = 'headers' in source && typeof source.headers === 'object';
  const headers = isRequest ? source.headers : source;
  return presentedCredentials(DurinRequest.fromAdapter({ req: { headers } }, 0), scheme);
}
