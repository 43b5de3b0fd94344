import type { DurinClient } from '../database/entities.ts';
import type { AnyClientName, AuthClient, AuthUser } from '../database/views.ts';
import { DurinError, DurinUsageError } from '../errors.ts';
import { type DurinContext, DurinRequest } from '../request/durin-request.ts';
import type { Auth, SessionRecord } from '../session.ts';
import type { Throttle } from '../throttle/throttle.ts';
import type { LastUsed } from '../tokens/last-used.ts';
import type { RequireFresh } from '../tokens/verification/freshness.ts';
import { type Duration, parseDuration } from '../values/duration.ts';
import { parseRate, type Quota, type Rate } from '../values/rate.ts';
import { asBuilder, baseProcedure, type DurinBuilder } from './base-procedure.ts';
import type { Denials } from './denials.ts';
import { isWithoutCredentials, type RequestState } from './request-state.ts';
import type { ProcedureCall, ResolveCaller } from './resolve-caller.ts';

/** The app's types that durin's types depend on. */
export interface AppTypes {
  userEntity: object;
  clientEntity: DurinClient;
  clientName: string;
  populate: readonly string[] | false;
}

/** What a guarded procedure's context has. */
export interface SignedIn<TApp extends AppTypes, TName extends string = AnyClientName<TApp['clientName']>> {
  user: AuthUser<TApp['userEntity'], TApp['populate']>;
  auth: Auth<this['user'], AuthClient<TApp['clientEntity'], TApp['populate'], TName>>;
}

/** What an optional procedure's context has when nobody is signed in. */
export interface SignedOut {
  user: null;
  auth: null;
}

/** Lets through the calls of some clients only. Others are refused with CLIENT_NOT_ALLOWED. */
export interface ClientProcedure<TApp extends AppTypes> {
  /** Lets through the named clients. */
  <const TAllowed extends TApp['clientName']>(names: readonly TAllowed[]): DurinBuilder<SignedIn<TApp, TAllowed>>;
  /**
   * Lets through the clients of the option `clients` but the named ones. Clients that were created at run time are
   * refused. Without the option, it lets through all clients but the named ones.
   */
  except<const TRefused extends TApp['clientName']>(
    names: readonly TRefused[],
  ): DurinBuilder<SignedIn<TApp, Exclude<TApp['clientName'], TRefused>>>;
}

/** A limit of an app's own, for `throttledProcedure`. */
export interface ScopedRate {
  /** Names the limit to callers. Each scope counts apart from the others. Printable ASCII; not `client`, `login` or `auth`. */
  scope: string;
  rate: Rate;
}

/** What a guarded procedure demands. */
export interface GuardOptions {
  /** How long ago the user may have signed in or reauthenticated. Others are refused with REAUTHENTICATION_REQUIRED. */
  fresh: Duration;
}

/**
 * The builders that an app makes its procedures with. Each works directly and through `t.procedure.concat(...)`.
 * @example
 * const appRouter = t.router({
 *   me: durin.authedProcedure.query(({ ctx }) => ctx.user),
 *   deleteAccount: durin.guardedProcedure({ fresh: '10m' }).mutation(({ ctx }) => deleteAccount(ctx.user.id)),
 *   publish: durin.clientProcedure(['web']).mutation(({ ctx }) => publish(ctx.user.id)),
 *   search: durin.throttledProcedure({ scope: 'search', rate: '30/m' }).query(({ ctx }) => search(ctx.user)),
 * });
 */
export interface DurinProcedures<TApp extends AppTypes> {
  /** Lets everyone through. */
  readonly procedure: DurinBuilder<object>;
  /** Lets everyone through, except callers with a bad token. */
  readonly optionalProcedure: DurinBuilder<SignedIn<TApp> | SignedOut>;
  /** Lets through a valid token of an active user, within its client's rate. Refuses with the 401 codes and THROTTLED. */
  readonly authedProcedure: DurinBuilder<SignedIn<TApp>>;
  /**
   * Also demands a recent login or reauthentication.
   * @throws DurinUsageError if `fresh` is no duration
   */
  readonly guardedProcedure: (options: GuardOptions) => DurinBuilder<SignedIn<TApp>>;
  readonly clientProcedure: ClientProcedure<TApp>;
  /** Lets everyone through within `rate`. Counts per user and client, or per address for anonymous callers. */
  readonly throttledProcedure: (limit: ScopedRate) => DurinBuilder<SignedIn<TApp> | SignedOut>;
}

export interface BuildersDeps {
  readonly stateOf: (ctx: DurinContext) => RequestState;
  readonly resolveCaller: ResolveCaller;
  readonly denials: Denials;
  readonly throttle: Throttle;
  /** For clients without a rate of their own. */
  readonly sessionQuota: Quota | null;
  readonly requireFresh: RequireFresh;
  readonly lastUsed: LastUsed;
  readonly toAuth: (record: SessionRecord) => Auth;
  /** `null`: any name may be given. */
  readonly clientNames: readonly string[] | null;
}

export function createBuilders<TApp extends AppTypes>(deps: BuildersDeps): DurinProcedures<TApp> {
  const { stateOf, resolveCaller, denials, throttle, sessionQuota, requireFresh, lastUsed, toAuth, clientNames } = deps;

  /** @param maxAgeSeconds of the login or reauthentication; `null`: any */
  function createGuard(isAllowed: (clientName: string) => boolean, maxAgeSeconds: number | null = null): object {
    return baseProcedure.use(async function requireSession({ ctx, path, batchIndex, next }) {
      const found = await resolveCaller({ ctx, path, batchIndex });
      if (!isAllowed(found.client.name)) throw denyClient(found, ctx, path);
      await enforceClientRate(found, ctx);
      const record = maxAgeSeconds === null ? found : await requireFresh(found, maxAgeSeconds);
      lastUsed.recordUse(record, ctx.durin);
      return next({ ctx: contextOf(record) });
    });
  }

  function denyClient({ id, userId, client }: SessionRecord, ctx: DurinContext, path: string): DurinError {
    const refusal = new DurinError('CLIENT_NOT_ALLOWED');
    denials.report(refusal, { path, origin: ctx.durin, session: { id, userId, client: client.name } });
    return refusal;
  }

  async function enforceClientRate(record: SessionRecord, ctx: DurinContext): Promise<void> {
    const { throttleRate } = record.client;
    const quota = throttleRate === null ? sessionQuota : parseRate(throttleRate, 'throttle_rate');
    if (quota === null) return;
    await throttle.enforce(
      { scope: 'client', quota },
      { session: record, origin: DurinRequest.originOf(ctx.durin) },
      stateOf(ctx).recordLimit,
    );
  }

  async function resolveOptionalSession(call: ProcedureCall): Promise<SessionRecord | null> {
    try {
      const record = await resolveCaller(call);
      lastUsed.recordUse(record, call.ctx.durin);
      return record;
    } catch (error) {
      if (isWithoutCredentials(error)) return null;
      throw error;
    }
  }

  function contextOf(record: SessionRecord) {
    const auth = toAuth(record);
    return { user: auth.user, auth };
  }

  function optionalContextOf(record: SessionRecord | null) {
    return record === null ? { user: null, auth: null } : contextOf(record);
  }

  function requireKnownNames(names: readonly string[], builder: string): ReadonlySet<string> {
    if (names.length === 0) throw new DurinUsageError(`${builder} must name at least one client`);
    const unknown = clientNames === null ? undefined : names.find((name) => !clientNames.includes(name));
    if (unknown !== undefined) throw new DurinUsageError(`${builder}: no client '${unknown}' in the option clients`);
    return new Set(names);
  }

  function clientProcedure<TAllowed extends string>(names: readonly TAllowed[]) {
    const allowed = requireKnownNames(names, 'clientProcedure');
    return asBuilder<SignedIn<TApp, TAllowed>>(createGuard((name) => allowed.has(name)));
  }

  function except<TRefused extends string>(names: readonly TRefused[]) {
    const refused = requireKnownNames(names, 'clientProcedure.except');
    return asBuilder<SignedIn<TApp, Exclude<TApp['clientName'], TRefused>>>(
      createGuard((name) => !refused.has(name) && (clientNames === null || clientNames.includes(name))),
    );
  }

  function throttledProcedure({ scope, rate }: ScopedRate) {
    const quota = parseRate(rate, 'throttledProcedure: rate');
    requireOwnScope(scope);
    const builder = baseProcedure.use(async function limitScope({ ctx, path, batchIndex, next }) {
      const record = await resolveOptionalSession({ ctx, path, batchIndex });
      const caller = { session: record, origin: DurinRequest.originOf(ctx.durin) };
      await throttle.enforce({ scope, quota }, caller, stateOf(ctx).recordLimit);
      return next({ ctx: optionalContextOf(record) });
    });
    return asBuilder<SignedIn<TApp> | SignedOut>(builder);
  }

  const optionalProcedure = baseProcedure.use(async function allowAnonymous({ ctx, path, batchIndex, next }) {
    return next({ ctx: optionalContextOf(await resolveOptionalSession({ ctx, path, batchIndex })) });
  });

  return {
    procedure: baseProcedure,
    optionalProcedure: asBuilder(optionalProcedure),
    authedProcedure: asBuilder(createGuard(() => true)),
    guardedProcedure: ({ fresh }) =>
      asBuilder(createGuard(() => true, parseDuration(fresh, 'guardedProcedure: fresh'))),
    clientProcedure: Object.assign(clientProcedure, { except }),
    throttledProcedure,
  };
}

const reservedScopes: ReadonlySet<string> = new Set(['client', 'login', 'auth']);

function requireOwnScope(scope: string): void {
  if (/^[\x20-\x7e]{1,64}$/.test(scope) && !reservedScopes.has(scope)) return;
  throw new DurinUsageError(
    "throttledProcedure: scope must be 1 to 64 printable ASCII characters, and not 'client', 'login' or 'auth'",
  );
}
