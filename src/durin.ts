import type { z } from 'zod';
import type { DurinClient } from './database/entity-rows.ts';
import { boundedThrowingMistakes } from './database/mistakes/throw-mistakes.ts';
import type { PopulatePath } from './database/views.ts';
import { compose, type ObjectGraph } from './durin/compose.ts';
import { boundDurinClients } from './durin/durin-clients.ts';
import { createDurinTokens } from './durin/durin-tokens.ts';
import type { Durin } from './durin/durin-type.ts';
import { attachInternals } from './durin/internals.ts';
import { createLeaks } from './leaks/create-leaks.ts';
import { createTokenPattern } from './leaks/token-pattern.ts';
import type { Transport } from './options/cookie-options.ts';
import type { LoginOutput } from './options/login-output.ts';
import type { DurinOptions } from './options/options.ts';
import { parseOptions } from './options/parse-options.ts';
import { createDurinAuditLog } from './records/durin-audit.ts';
import { createDurinUsageCounts } from './records/durin-usage.ts';
import { callFrom } from './request/context-from.ts';
import { createDurinRouter, type LoginTypes } from './router/durin-router.ts';
import type { DefaultLoginInput } from './router/login.ts';
import type { LoginSchema } from './router/login-schema.ts';
import type { SessionRecord } from './session.ts';
import { type AppTypes, createBuilders } from './trpc/builders.ts';
import { createParseGuardOptions } from './trpc/guard-options.ts';
import { createPolicyOf } from './trpc/policies/policy-of.ts';
import { rightsOfKeyClients } from './trpc/policies/reached-by-keys.ts';
import { createResponseMeta } from './trpc/response-headers.ts';
import { createRoutes } from './trpc/routes/create-routes.ts';
import { type GuardRoute, parseRouteOptions, type RouteAuth } from './trpc/routes/guard-source.ts';

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
    audit: createDurinAuditLog({ ...graph, bounded: outsideRequests, userKeyOf: schema.userKeyOf }) as Durin<
      TApp,
      TLogin
    >['audit'],
    usage: createDurinUsageCounts({ ...graph, bounded: outsideRequests, now }) as Durin<TApp, TLogin>['usage'],
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
    health: graph.checkHealth,
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
    sessions: { ...graph, ...settings },
    databaseTimeoutMs: settings.databaseTimeoutMs,
    eventsSettled: graph.hub.settled,
    closeDatabase: () => settings.orm.close(),
    now,
  });
  return durin;
}
