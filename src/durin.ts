import type { z } from 'zod';
import { type AnyOptions, compose, type ObjectGraph } from './compose.ts';
import type { DurinClient } from './database/entities.ts';
import type { AuthClient, AuthUser, PopulatePath, UserKey } from './database/views.ts';
import type { DurinClients } from './durin-clients.ts';
import { createTokenAdmin, type DurinTokens } from './durin-tokens.ts';
import type { EventSource } from './events.ts';
import { attachInternals, type LoginForm } from './internals.ts';
import type { DurinOptions } from './options/options.ts';
import type { Credentials } from './request/authorization.ts';
import type { HeaderSource } from './request/call-origin.ts';
import { type AdapterCall, type DurinContext, DurinRequest } from './request/durin-request.ts';
import { createDurinRouter, type DurinRouter, type LoginTypes } from './router/durin-router.ts';
import { type DefaultLoginInput, defaultLoginInput } from './router/login.ts';
import { type Auth, toAuth } from './session.ts';
import { type AppTypes, createProcedures, type DurinProcedures } from './trpc/builders.ts';
import { presentedCredentials } from './trpc/request-state.ts';
import { createResponseMeta, type ResponseFacts } from './trpc/response-headers.ts';

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
   * Who calls, for routes that are not tRPC, and for what goes on after its call was let through. Notes the use, and does
   * not throttle.
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

type LoginOutput<TSerializedUser, TExpiry, TExtra> = Beside<
  { token: string; expiry: TExpiry } & (unknown extends TSerializedUser ? object : { user: TSerializedUser }),
  TExtra
>;

/** What the app adds changes nothing of what is there. */
type Beside<TOwn, TExtra> = TExtra extends unknown ? Flatten<TOwn & Omit<TExtra, keyof TOwn>> : never;

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
  return assemble(compose(options as never), options as never) as never; // inside, nothing has the app's types
}

/** The parts, as the app sees them. */
function assemble(graph: ObjectGraph, options: AnyOptions) {
  const { settings, schema, store, revoker, issueToken, renewToken, stateOf, lastUsed } = graph;
  const { now, scheme, apiAccess } = settings;

  const loginForm: LoginForm = {
    input: options.loginInput ?? defaultLoginInput,
    takesClient: options.resolveClient === undefined,
    clientNames: settings.clients?.map(({ name }) => name) ?? null,
    scheme,
  };

  const durinRouter = createDurinRouter({
    ...graph,
    now,
    loginInput: loginForm.input,
    takesClient: loginForm.takesClient,
    formatExpiry: options.formatExpiry ?? ((expiry) => expiry),
    serializeUser: options.serializeUser ?? null,
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
      lastUsed,
      now,
      throttle: graph.throttle,
      sessionQuota: settings.sessionQuota,
      clientNames: loginForm.clientNames,
    }),
    createContext: graph.createContext,
    responseMeta: createResponseMeta({
      scheme,
      isPrivate: (procedure) => ownProcedures.has(procedure),
      limitsOf: (ctx) => stateOf(ctx).limits.values(),
      now,
    }),
    tokens: createTokenAdmin({
      issueToken,
      renewToken,
      revoker,
      purge: graph.purge,
      apiClientName: apiAccess.clientName,
      userKeyOf: schema.userKeyOf,
      now,
    }),
    clients: graph.clients,
    users: {
      async forget(user: unknown) {
        const userId = schema.userKeyOf(user);
        await graph.changes.userChanged(userId, await store.findUserRow(userId));
      },
    },
    events: { on: graph.hub.on },
    async authenticate(source: AuthSource) {
      const request = source instanceof DurinRequest ? source : requestOf(source, settings.trustProxy);
      const record = await (source instanceof DurinRequest
        ? stateOf({ durin: source }).resolveSessionUncached()
        : graph.authenticate(credentialsOf(source, request, scheme)));
      lastUsed.recordUse(record, request);
      return toAuth(record, now());
    },
    async close() {
      graph.unwatch();
      await lastUsed.close();
      await graph.cache?.close();
    },
  };
  const keepPrivate = (procedures: Iterable<unknown>) => {
    for (const procedure of procedures) ownProcedures.add(procedure);
  };
  attachInternals(durin, {
    ...graph,
    ...graph.patient,
    databaseTimeoutMs: settings.databaseTimeoutMs,
    durinRouter,
    loginForm,
    authedProcedure: durin.authedProcedure,
    responseMeta: durin.responseMeta,
    keepPrivate,
    eventsTold: graph.hub.settled,
    close: durin.close,
    now,
  });
  return durin;
}

/** From where a source comes; what is no object, such as a header that is not there, comes from nowhere. */
function requestOf(source: Exclude<AuthSource, DurinRequest>, trustProxy: number): DurinRequest {
  const isRequest =
    typeof source === 'object' && source !== null && 'headers' in source && typeof source.headers === 'object';
  return DurinRequest.fromAdapter({ req: isRequest ? source : { headers: source } }, trustProxy);
}

function credentialsOf(source: AuthSource, request: DurinRequest, scheme: string): Credentials {
  return typeof source === 'string' ? { kind: 'token', token: source } : presentedCredentials(request, scheme);
}
