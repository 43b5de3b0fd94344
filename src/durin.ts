import type { z } from 'zod';
import { compose, type ObjectGraph } from './compose.ts';
import type { DurinClient } from './database/entity-rows.ts';
import { boundedThrowingMistakes } from './database/mistakes/throw-mistakes.ts';
import type { PopulatePath, UserKey } from './database/views.ts';
import { boundDurinClients, type DurinClients } from './durin-clients.ts';
import { createDurinTokens, type DurinTokens } from './durin-tokens.ts';
import type { EventSource } from './events.ts';
import { attachInternals } from './internals.ts';
import { createLeaks, type LeakDetection } from './leaks/create-leaks.ts';
import { createTokenPattern } from './leaks/token-pattern.ts';
import type { Transport } from './options/cookie-options.ts';
import type { LoginOutput, SignInAnswer } from './options/login-output.ts';
import type { DurinOptions } from './options/options.ts';
import { parseOptions } from './options/parse-options.ts';
import { type ContextFromOptions, callFrom } from './request/context-from.ts';
import type { AdapterCall, DurinContext } from './request/durin-request.ts';
import { createDurinRouter, type DurinRouter, type LoginTypes } from './router/durin-router.ts';
import type { DefaultLoginInput } from './router/login.ts';
import type { LoginSchema } from './router/login-schema.ts';
import type { SignInRequest } from './router/sign-in-user.ts';
import type { SessionRecord } from './session.ts';
import { type AppTypes, createBuilders, type DurinProcedures } from './trpc/builders.ts';
import { createParseGuardOptions } from './trpc/guard-options.ts';
import { createPolicyOf, type PolicyOf } from './trpc/policy-of.ts';
import { rightsOfKeyClients } from './trpc/reached-by-keys.ts';
import { createResponseMeta, type ResponseFacts } from './trpc/response-headers.ts';
import type { AuthSource } from './trpc/routes/auth-source.ts';
import { createRoutes } from './trpc/routes/create-routes.ts';
import { type GuardRoute, parseRouteOptions, type RouteAuth } from './trpc/routes/guard-source.ts';

/** A user entity, or its primary key. */
type UserRef<TApp extends AppTypes> = TApp['userEntity'] | UserKey<TApp['userEntity']>;

/** What `createDurin` returns. Its functions need no `this`. */
export interface Durin<TApp extends AppTypes, TLogin extends LoginTypes> extends DurinProcedures<TApp>, LeakDetection {
  readonly durinRouter: DurinRouter<TLogin>;
  /**
   * Lists who may call each procedure of a router, as this durin's guards say, sorted by path. Lazy routers are loaded. A
   * snapshot of it in a test shows every change of rights in review.
   * @throws DurinUsageError if it is given no router
   * @example expect(await durin.policyOf(appRouter)).toMatchSnapshot();
   */
  readonly policyOf: PolicyOf;
  /** Creates `ctx.durin` from what any tRPC adapter passes. Does no I/O. Spread the result to add a context of your own. */
  readonly createContext: (call?: AdapterCall) => DurinContext;
  /**
   * Creates `ctx.durin` from a request's headers, for server components, server actions and callers, which have no adapter.
   * @param options.setCookie sets the session cookie, as `cookies().set` of Next.js does. Without it, logins to a client with
   *   `transport: 'cookie'` are refused with COOKIE_UNAVAILABLE
   * @throws DurinUsageError if it is given no headers
   * @example
   * const caller = appRouter.createCaller(durin.contextFrom(await headers()));
   * const session = await caller.auth.session(); // null: nobody is signed in
   */
  readonly contextFrom: (
    headers: Headers | Readonly<Record<string, string | readonly string[] | undefined>>,
    options?: ContextFromOptions,
  ) => DurinContext;
  /** Returns the headers of refusals, throttled routes and answers with a token. */
  readonly responseMeta: (facts: ResponseFacts) => { headers: Headers };
  readonly tokens: DurinTokens<UserRef<TApp>, RouteAuth<TApp>, TApp['clientName'], TApp['scope']>;
  readonly clients: DurinClients;
  readonly users: {
    /**
     * Drops a user's cached sessions, and ends them if the user is inactive. Call it after a change that bypassed the ORM's
     * unit of work.
     */
    readonly forget: (user: UserRef<TApp>) => Promise<void>;
  };
  readonly events: EventSource<UserKey<TApp['userEntity']>>;
  /**
   * Guards a route that is not tRPC as `guardedProcedure` guards a procedure: judges the session, counts its rates and the
   * guard's, and records the use. Express, Fastify and Hono have guards in `trpc-durin/http`.
   * @param source a request, its headers, a token, or the `ctx.durin` of a call
   * @param options what `guardedProcedure` takes; `rate` needs a `scope`, which procedures and other routes may share. An object
   *   is parsed once: keep it in a constant. Default: every valid session is let in
   * @returns the session
   * @throws DurinError the 401 codes, CROSS_SITE, CLIENT_NOT_ALLOWED, INSUFFICIENT_SCOPE, NETWORK_NOT_ALLOWED,
   *   REAUTHENTICATION_REQUIRED, THROTTLED, STORE_UNAVAILABLE; its `toResponse()` is the answer
   * @throws DurinUsageError naming the option that is unknown, missing or wrong
   * @example const { user } = await durin.guard(request, { scopes: ['reports:read'] });
   */
  readonly guard: GuardRoute<TApp>;
  /**
   * Resolves the caller, for work that outlives its call. Records the use; does not throttle. API keys need `fullAccess`. Use
   * `guard` for routes.
   * @param source a request, its headers, a token, or the `ctx.durin` of a call
   * @throws DurinError the 401 codes, CROSS_SITE, INSUFFICIENT_SCOPE, NETWORK_NOT_ALLOWED, STORE_UNAVAILABLE
   * @example const { user } = await durin.authenticate(request);
   */
  readonly authenticate: (source: AuthSource) => Promise<RouteAuth<TApp>>;
  /**
   * Signs in a user that a procedure of your own has verified, as with a passkey. It does what `login` does after
   * `verifyCredentials`. It limits nothing: use a `throttledProcedure`. If the user's sessions, or the values of
   * `credentialFields`, change during the call, it is refused.
   * @param request.user the entity
   * @param request.ctx the procedure's context; later calls with it are signed in
   * @param request.batchIndex the procedure's `batchIndex`, if it may be called in a batch. Default: 0
   * @returns what `login` returns, and `auth`, the session
   * @throws DurinError UNKNOWN_CLIENT, CLIENT_NOT_ALLOWED, INVALID_CREDENTIALS, SESSION_LIMIT, STORE_UNAVAILABLE
   * @throws DurinUsageError if `user` is no entity, or `ctx` was not made with `durin.createContext`
   * @example
   * const { token, expiry } = await durin.signIn({ user, client: 'web', ctx });
   * return { token, expiry }; // for `auth.adopt` of the SDK
   */
  readonly signIn: (request: SignInRequest<TApp>) => Promise<SignInAnswer<TApp, TLogin>>;
  /**
   * Writes the uses of tokens that are still in memory. They are otherwise written within a second, which a serverless function
   * may not live to see. Emits `tokenExpiring` for the keys that were used, and for all keys at most once an hour per process.
   */
  readonly flush: () => Promise<void>;
  /** Ends open streams, writes pending uses, and ends timers and connections. The app's ORM stays open. */
  readonly close: () => Promise<void>;
}

/**
 * Creates token authentication for an app, over its ORM. Does no I/O.
 * @throws DurinUsageError naming the option that is unknown, missing or wrong
 * @example
 * export const durin = createDurin({
 *   orm,
 *   entities: { User, Client, AuthToken },
 *   secret, // at least 32 characters, from the environment
 *   clients: { web: { tokenTtl: '14d' }, cli: { tokenTtl: null } },
 *   verifyCredentials: async ({ input, em }) => {
 *     const user = await em.findOne(User, { username: input.username });
 *     return (await verifyPassword(user?.passwordHash, input.password)) ? user : null;
 *   },
 * });
 * export const { durinRouter, authedProcedure, clientProcedure } = durin;
 */
export function createDurin<
  TUserEntity extends object,
  TClientEntity extends DurinClient,
  TClientName extends string = string,
  const TPopulate extends readonly PopulatePath<TUserEntity, TClientEntity>[] | false = readonly ['user'],
  TLoginInput extends LoginSchema = DefaultLoginInput,
  TResolveClient = unknown,
  TSerializedUser = unknown,
  TExpiry = Date | null,
  TLoginExtra extends object = object,
  const TScope extends string = never,
  TTransport extends Transport = 'header',
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
    TLoginExtra,
    TScope,
    TTransport
  >,
): Durin<
  {
    userEntity: TUserEntity;
    clientEntity: TClientEntity;
    clientName: TClientName;
    populate: TPopulate;
    scope: TScope;
  },
  {
    loginInput: z.input<TLoginInput>;
    takesClient: unknown extends TResolveClient ? true : false;
    loginOutput: LoginOutput<TSerializedUser, TExpiry, TLoginExtra, TTransport>;
    returnsUser: unknown extends TSerializedUser ? false : true;
    clientName: TClientName;
    scope: TScope;
  }
> {
  return build(compose(parseOptions(options)));
}

/** Builds what an app sees. `TApp` and `TLogin` are the app's types; the services below know none of them. */
function build<TApp extends AppTypes, TLogin extends LoginTypes>(graph: ObjectGraph): Durin<TApp, TLogin> {
  const { settings, schema, entityChanges, bounded } = graph;
  const outsideRequests = boundedThrowingMistakes(bounded);
  const { schemes, login, apiAccess, formatExpiry, now } = settings;
  const [scheme] = schemes;
  const takesClient = login.resolveClient === null;
  const appScopes = settings.scopes;
  const clientNames = settings.clients?.map(({ values }) => values.name) ?? null;
  const isForLogins = (name: string) => graph.keyClients.rulesOf(name) === null && !graph.sessionCookies.isUsedBy(name);
  const keyClients = rightsOfKeyClients(settings.keys, graph.scopes.ceilingOf, appScopes);
  /** Look-ups select what the metadata of the app's entities says, so a record has the app's types. */
  const toAuth = graph.toAuth as (record: SessionRecord) => RouteAuth<TApp>;
  const parseGuardOptions = createParseGuardOptions(clientNames, appScopes);

  const durinRouter = createDurinRouter<TLogin>({
    ...graph,
    now,
    loginInput: login.input,
    takesClient,
    formatExpiry,
    apiClientName: apiAccess.clientName,
    excludesApiAccess: apiAccess.excludeFromSessions,
    includesToken: apiAccess.includeToken,
    freshSeconds: apiAccess.freshSeconds,
    lastUsedIntervalMs: settings.lastUsedIntervalMs,
  });
  const privateProcedures = new Set<unknown>(Object.values(durinRouter._def.procedures));
  const responseMeta = createResponseMeta({
    scheme,
    isPrivate: (procedure) => privateProcedures.has(procedure),
    limitsOf: graph.limitsOf,
    hasCookie: graph.hasCookie,
    now,
  });
  const routes = createRoutes({ ...graph, scheme, parseGuardOptions, requestSettings: settings });

  const durin: Durin<TApp, TLogin> = {
    durinRouter,
    ...createBuilders<TApp>({ ...graph, parseGuardOptions }),
    policyOf: createPolicyOf(graph.policies, keyClients),
    createContext: graph.createContext,
    contextFrom: (headers, options) => graph.createContext(callFrom(headers, options)),
    responseMeta,
    tokens: createDurinTokens({
      ...graph,
      bounded: outsideRequests,
      appScopes,
      userKeyOf: schema.userKeyOf,
      toAuth,
    }),
    clients: boundDurinClients(graph.clients, outsideRequests),
    users: {
      async forget(user) {
        const userId = schema.userKeyOf(user);
        await outsideRequests(() => entityChanges.userForgotten(userId));
      },
    },
    events: { on: graph.hub.on },
    guard: (async (source, options) => toAuth(await routes.guardSource(source, options))) as GuardRoute<TApp>,
    async authenticate(source) {
      return toAuth(await routes.authenticateSource(source));
    },
    leaks: createLeaks({ ...graph, bounded: outsideRequests }),
    tokenPattern: createTokenPattern(settings),
    signIn: graph.signInUser as Durin<TApp, TLogin>['signIn'],
    flush: graph.flush,
    close: graph.close,
  };

  attachInternals(durin, {
    ...graph,
    durinRouter,
    loginForm: { input: login.input, takesClient, clientNames: clientNames?.filter(isForLogins) ?? null, scheme },
    authedProcedure: durin.authedProcedure,
    responseMeta: durin.responseMeta,
    policyOf: durin.policyOf,
    async guardRequest(call, options) {
      const { record, ctx } = await routes.guardRequest(call, options);
      return { auth: toAuth(record), ctx };
    },
    checkRouteOptions(name, options) {
      parseRouteOptions(parseGuardOptions, name, options);
    },
    markPrivate(procedures) {
      for (const procedure of procedures) privateProcedures.add(procedure);
    },
    databaseTimeoutMs: settings.databaseTimeoutMs,
    eventsSettled: graph.hub.settled,
    closeDatabase: () => settings.orm.close(),
    now,
  });
  return durin;
}
