import type { DurinClient } from '../database/entities.ts';
import type { AuthClient, AuthUser } from '../database/views.ts';
import { DurinError, DurinUsageError } from '../errors.ts';
import type { DurinContext } from '../request/durin-request.ts';
import { type Auth, type SessionRecord, toAuth } from '../session.ts';
import type { Throttle } from '../throttle/throttle.ts';
import type { LastUsed } from '../tokens/last-used.ts';
import { parseRate, type Quota, type Rate } from '../values/rate.ts';
import { baseProcedure, type DurinBuilder } from './base-procedure.ts';
import { isWithoutCredentials, type RequestState } from './request-state.ts';

/** The app's types that durin's depend on. */
export interface AppTypes {
  userEntity: object;
  clientEntity: DurinClient;
  clientName: string;
  populate: readonly string[] | false;
}

/** What a guarded procedure's context has. */
export interface SignedIn<TApp extends AppTypes, TName extends string = TApp['clientName']> {
  user: AuthUser<TApp['userEntity'], TApp['populate']>;
  auth: Auth<this['user'], AuthClient<TApp['clientEntity'], TApp['populate'], TName>>;
}

export interface SignedOut {
  user: null;
  auth: null;
}

/** Lets through the calls of some clients only; others are refused with CLIENT_NOT_ALLOWED. */
export interface ClientProcedure<TApp extends AppTypes> {
  /** Those of the named clients. */
  <const TAllowed extends TApp['clientName']>(names: readonly TAllowed[]): DurinBuilder<SignedIn<TApp, TAllowed>>;
  /** Those of all clients but the named. */
  except<const TRefused extends TApp['clientName']>(
    names: readonly TRefused[],
  ): DurinBuilder<SignedIn<TApp, Exclude<TApp['clientName'], TRefused>>>;
}

export interface ScopedRate {
  /** Names the limit to callers and counts apart from other scopes; printable ASCII, not `client` or `login`. */
  scope: string;
  rate: Rate;
}

/** The builders that an app makes its procedures of. All work directly and through `t.procedure.concat(...)`. */
export interface DurinProcedures<TApp extends AppTypes> {
  /** Lets everyone through. */
  readonly procedure: DurinBuilder<object>;
  /** Lets everyone through, but not with a bad token. */
  readonly optionalProcedure: DurinBuilder<SignedIn<TApp> | SignedOut>;
  /** Lets through a valid token of an active user, within its client's rate. Refuses with the 401 codes and THROTTLED. */
  readonly authedProcedure: DurinBuilder<SignedIn<TApp>>;
  readonly clientProcedure: ClientProcedure<TApp>;
  /** Lets through anyone within `rate`: per user and client, or per address who is not signed in. */
  readonly throttledProcedure: (limit: ScopedRate) => DurinBuilder<SignedIn<TApp> | SignedOut>;
}

export interface ProcedureDeps {
  readonly stateOf: (ctx: DurinContext) => RequestState;
  readonly throttle: Throttle;
  /** For clients without a rate of their own. */
  readonly sessionQuota: Quota | null;
  readonly lastUsed: LastUsed;
  /** The clock, in milliseconds. */
  readonly now: () => number;
  /** `null`: any name may be given. */
  readonly clientNames: readonly string[] | null;
}

export function createProcedures<TApp extends AppTypes>(deps: ProcedureDeps): DurinProcedures<TApp> {
  const { stateOf, throttle, sessionQuota, lastUsed, now, clientNames } = deps;

  async function enforceClientRate(record: SessionRecord, ctx: DurinContext): Promise<void> {
    const { throttleRate } = record.client;
    const quota = throttleRate === null ? sessionQuota : parseRate(throttleRate, 'throttle_rate');
    if (quota === null) return;
    await throttle.enforce(
      { scope: 'client', quota },
      { session: record, origin: ctx.durin },
      stateOf(ctx).recordLimit,
    );
  }

  function contextOf(record: SessionRecord) {
    const auth = toAuth(record, now());
    return { user: auth.user, auth };
  }

  function contextOfAnyone(record: SessionRecord | null) {
    return record === null ? { user: null, auth: null } : contextOf(record);
  }

  function guardedBy(isAllowed: (clientName: string) => boolean) {
    return baseProcedure.use(async function requireSession({ ctx, batchIndex, next }) {
      const record = await stateOf(ctx).resolveSession(batchIndex);
      if (!isAllowed(record.client.name)) throw new DurinError('CLIENT_NOT_ALLOWED');
      await enforceClientRate(record, ctx);
      lastUsed.recordUse(record, ctx.durin);
      return next({ ctx: contextOf(record) });
    });
  }

  async function findOptional(ctx: DurinContext, batchIndex: number): Promise<SessionRecord | null> {
    try {
      const record = await stateOf(ctx).resolveSession(batchIndex);
      lastUsed.recordUse(record, ctx.durin);
      return record;
    } catch (error) {
      if (isWithoutCredentials(error)) return null;
      throw error;
    }
  }

  function checked(names: readonly string[], builder: string): ReadonlySet<string> {
    if (names.length === 0) throw new DurinUsageError(`${builder} must name at least one client`);
    const unknown = clientNames === null ? undefined : names.find((name) => !clientNames.includes(name));
    if (unknown !== undefined) throw new DurinUsageError(`${builder}: no client '${unknown}' in the option clients`);
    return new Set(names);
  }

  function clientProcedure(names: readonly string[]) {
    const allowed = checked(names, 'clientProcedure');
    return guardedBy((name) => allowed.has(name));
  }

  function except(names: readonly string[]) {
    const refused = checked(names, 'clientProcedure.except');
    return guardedBy((name) => !refused.has(name));
  }

  function throttledProcedure({ scope, rate }: ScopedRate) {
    const quota = parseRate(rate, 'throttledProcedure: rate');
    if (!/^[\x20-\x7e]{1,64}$/.test(scope) || scope === 'client' || scope === 'login') {
      throw new DurinUsageError(
        "throttledProcedure: scope must be 1 to 64 printable ASCII characters, and not 'client' or 'login'",
      );
    }
    return baseProcedure.use(async function limitScope({ ctx, batchIndex, next }) {
      const record = await findOptional(ctx, batchIndex);
      await throttle.enforce({ scope, quota }, { session: record, origin: ctx.durin }, stateOf(ctx).recordLimit);
      return next({ ctx: contextOfAnyone(record) });
    });
  }

  const procedures = {
    procedure: baseProcedure,
    optionalProcedure: baseProcedure.use(async function allowAnonymous({ ctx, batchIndex, next }) {
      return next({ ctx: contextOfAnyone(await findOptional(ctx, batchIndex)) });
    }),
    authedProcedure: guardedBy(() => true),
    clientProcedure: Object.assign(clientProcedure, { except }),
    throttledProcedure,
  };
  return procedures as unknown as DurinProcedures<TApp>; // inside, users and clients have no app's types
}
