import type { DurinClient } from '../database/entity-rows.ts';
import type { AnyClientName, AuthClient, AuthUser } from '../database/views.ts';
import { DurinUsageError } from '../errors.ts';
import type { CallAuth } from '../session.ts';
import type { Rate } from '../values/rate.ts';
import { asBuilder, baseProcedure, type DurinBuilder, guardedBy } from './base-procedure.ts';
import { createGuards, type GuardDeps } from './guard.ts';
import { type GuardOptions, type GuardSettings, optionalSettings, type ParseGuardOptions } from './guard-options.ts';
import type { Policies } from './policies/policies.ts';

/** The app's types that durin's types depend on. */
export interface AppTypes {
  userEntity: object;
  clientEntity: DurinClient;
  clientName: string;
  populate: readonly string[] | false;
  scope: string;
}

/** What a guarded procedure's context has. */
export interface SignedIn<TApp extends AppTypes, TName extends string = AnyClientName<TApp['clientName']>> {
  user: AuthUser<TApp['userEntity'], TApp['populate']>;
  auth: CallAuth<this['user'], AuthClient<TApp['clientEntity'], TApp['populate'], TName>, TApp['scope']>;
}

/** What an optional procedure's context has when nobody is signed in. */
export interface SignedOut {
  user: null;
  auth: null;
}

/** Lets through what its options ask for. The other builders are shorthands of it. */
export type GuardedProcedure<TApp extends AppTypes> = <
  const TAllowed extends TApp['clientName'] = never,
  const TRefused extends TApp['clientName'] = never,
>(
  options: GuardOptions<TAllowed, TRefused, TApp['scope']>,
) => DurinBuilder<SignedIn<TApp, GuardedName<TApp['clientName'], TAllowed, TRefused>>>;

/** The names that `clients` or `exceptClients` leaves. */
export type GuardedName<TName extends string, TAllowed extends TName, TRefused extends TName> = [TAllowed] extends [
  never,
]
  ? [TRefused] extends [never]
    ? AnyClientName<TName>
    : Exclude<TName, TRefused>
  : TAllowed;

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
  /**
   * Names the limit to callers. Each scope counts apart from the others. Printable ASCII; not `client`, `login`, `auth` or `key`.
   */
  scope: string;
  rate: Rate;
}

/**
 * The builders that an app makes its procedures with. Each works directly and through `t.procedure.concat(...)`.
 * @example
 * const appRouter = t.router({
 *   me: durin.authedProcedure.query(({ ctx }) => ctx.user),
 *   deleteAccount: durin.guardedProcedure({ fresh: '10m' }).mutation(({ ctx }) => deleteAccount(ctx.user.id)),
 *   publish: durin.clientProcedure(['web']).mutation(({ ctx }) => publish(ctx.user.id)),
 *   report: durin.scopedProcedure(['reports:read']).query(({ ctx }) => reportOf(ctx.user.id)),
 *   invite: durin.guardedProcedure({ clients: ['web'], rate: '5/m' }).mutation(({ ctx }) => invite(ctx.user.id)),
 *   search: durin.throttledProcedure({ scope: 'search', rate: '30/m' }).query(({ ctx }) => search(ctx.user)),
 * });
 */
export interface DurinProcedures<TApp extends AppTypes> {
  /** Lets everyone through. */
  readonly procedure: DurinBuilder<object>;
  /** Lets everyone through, except callers with a bad token in a header. A cookie whose session is over counts as none. */
  readonly optionalProcedure: DurinBuilder<SignedIn<TApp> | SignedOut>;
  /**
   * Lets through a valid token of an active user, within its client's rate and what the options demand. Refuses with the
   * 401 codes, CLIENT_NOT_ALLOWED, INSUFFICIENT_SCOPE, REAUTHENTICATION_REQUIRED and THROTTLED.
   * @throws DurinUsageError naming the option that is unknown or wrong
   */
  readonly guardedProcedure: GuardedProcedure<TApp>;
  /** Lets through a valid token of an active user, within its client's rate. Refuses with the 401 codes and THROTTLED. */
  readonly authedProcedure: DurinBuilder<SignedIn<TApp>>;
  readonly clientProcedure: ClientProcedure<TApp>;
  /** Lets through sessions that hold each of the scopes. Others are refused with INSUFFICIENT_SCOPE. */
  readonly scopedProcedure: (scopes: readonly TApp['scope'][]) => DurinBuilder<SignedIn<TApp>>;
  /** Lets everyone through within `rate`. Counts per user and client, or per address for anonymous callers. Refuses a bad token as `optionalProcedure` does. */
  readonly throttledProcedure: (limit: ScopedRate) => DurinBuilder<SignedIn<TApp> | SignedOut>;
}

export interface BuildersDeps extends GuardDeps {
  readonly parseGuardOptions: ParseGuardOptions;
  readonly policies: Policies;
}

export function createBuilders<TApp extends AppTypes>(deps: BuildersDeps): DurinProcedures<TApp> {
  const createGuard = createGuards(deps);
  const { parseGuardOptions: parse } = deps;
  const build = (settings: GuardSettings) => deps.policies.register(guardedBy(createGuard(settings)), settings.policy);

  function clientProcedure<TAllowed extends string>(clients: readonly TAllowed[]) {
    return asBuilder<SignedIn<TApp, TAllowed>>(build(parse('clientProcedure', { clients })));
  }

  function except<TRefused extends string>(exceptClients: readonly TRefused[]) {
    return asBuilder<SignedIn<TApp, Exclude<TApp['clientName'], TRefused>>>(
      build(parse('clientProcedure.except', { exceptClients })),
    );
  }

  function throttledProcedure({ scope, rate, ...others }: ScopedRate) {
    const [unknown] = Object.keys(others);
    if (unknown !== undefined) throw new DurinUsageError(`throttledProcedure: unknown option '${unknown}'`);
    const settings = parse('throttledProcedure', { scope, rate });
    const policy = { ...settings.policy, isOptional: true };
    return asBuilder<SignedIn<TApp> | SignedOut>(build({ ...settings, isOptional: true, policy }));
  }

  return {
    procedure: baseProcedure,
    guardedProcedure: (options) => asBuilder(build(parse('guardedProcedure', options))),
    optionalProcedure: asBuilder(build(optionalSettings)),
    authedProcedure: asBuilder(build(parse('authedProcedure', {}))),
    clientProcedure: Object.assign(clientProcedure, { except }),
    scopedProcedure: (scopes) => asBuilder(build(parse('scopedProcedure', { scopes }))),
    throttledProcedure,
  };
}
