import type { UserKey } from '../database/views.ts';
import type { EventSource } from '../events.ts';
import type { CheckHealth } from '../health/health.ts';
import type { LeakDetection } from '../leaks/create-leaks.ts';
import type { SignInAnswer } from '../options/login-output.ts';
import type { DurinAuditLog } from '../records/durin-audit.ts';
import type { DurinUsageCounts } from '../records/durin-usage.ts';
import type { ContextFromOptions } from '../request/context-from.ts';
import type { AdapterCall, DurinContext } from '../request/durin-request.ts';
import type { DurinRouter, LoginTypes } from '../router/durin-router.ts';
import type { SignInRequest } from '../router/sign-in-user.ts';
import type { AppTypes, DurinProcedures } from '../trpc/builders.ts';
import type { PolicyOf } from '../trpc/policies/policy-of.ts';
import type { ResponseFacts } from '../trpc/response-headers.ts';
import type { AuthSource } from '../trpc/routes/auth-source.ts';
import type { GuardRoute, RouteAuth } from '../trpc/routes/guard-source.ts';
import type { DurinClients } from './durin-clients.ts';
import type { DurinTokens } from './durin-tokens.ts';

/** A user entity, or its primary key. */
type UserRef<TApp extends AppTypes> = TApp['userEntity'] | UserKey<TApp['userEntity']>;

/** What `createDurin` returns. Its functions need no `this`. */
export interface Durin<TApp extends AppTypes, TLogin extends LoginTypes> extends DurinProcedures<TApp>, LeakDetection {
  readonly durinRouter: DurinRouter<TLogin>;
  /**
   * Lists who may call each procedure of a router, as this durin's guards demand, sorted by path. Lazy routers are loaded. A
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
  /** The changes of tokens and clients. Needs `defineDurinEntities({ audit: true })`. */
  readonly audit: DurinAuditLog<UserRef<TApp>, UserKey<TApp['userEntity']>>;
  /** The calls per client, user and day. Needs `defineDurinEntities({ usage: true })`. */
  readonly usage: DurinUsageCounts<UserKey<TApp['userEntity']>>;
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
   * Writes the uses of tokens, and the counts of calls, that are still in memory. They are otherwise written within a second, which a serverless function
   * may not live to see. Emits `tokenExpiring` for the keys that were used, and for all keys at most once an hour per process.
   */
  readonly flush: () => Promise<void>;
  /**
   * Checks what durin depends on: database, store, bus, and the throttle's store, as this process sees them. It answers within a
   * second and never throws, whatever fails or hangs. It checks at most once a second, and calls in between share the answer, so
   * it may be polled. It opens the connections of the cache, as the first look-up does.
   * @returns `isHealthy`: the database answers, so this process can serve; `isDegraded`: another part fails, which refuses no
   *   call; and the state of each part
   * @example
   * app.get('/ready', async (_request, response) => {
   *   const { isHealthy } = await durin.health();
   *   response.sendStatus(isHealthy ? 200 : 503);
   * });
   */
  readonly health: CheckHealth;
  /** Ends open streams, writes pending uses, and ends timers and connections. The app's ORM stays open. */
  readonly close: () => Promise<void>;
}
