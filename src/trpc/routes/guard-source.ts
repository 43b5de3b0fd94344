import type { AnyClientName, AuthClient, AuthUser } from '../../database/views.ts';
import { DurinUsageError } from '../../errors.ts';
import type { CallCounts } from '../../records/call-counts.ts';
import type { AdapterCall, DurinContext } from '../../request/durin-request.ts';
import type { Auth, SessionRecord } from '../../session.ts';
import type { Admission, Visit } from '../admission.ts';
import type { AppTypes, GuardedName } from '../builders.ts';
import type { GuardOptions, GuardSettings, ParseGuardOptions } from '../guard-options.ts';
import { createTally, type Tally } from '../tallies.ts';
import type { AuthSource, OpenSource } from './auth-source.ts';
import type { ToAnswered } from './refused-answer.ts';

/** What `durin.guard` returns. */
export type RouteAuth<TApp extends AppTypes, TName extends string = AnyClientName<TApp['clientName']>> = Auth<
  AuthUser<TApp['userEntity'], TApp['populate']>,
  AuthClient<TApp['clientEntity'], TApp['populate'], TName>,
  TApp['scope']
>;

/** Guards a route that is not tRPC. */
export type GuardRoute<TApp extends AppTypes> = <
  const TAllowed extends TApp['clientName'] = never,
  const TRefused extends TApp['clientName'] = never,
>(
  source: AuthSource,
  options?: GuardOptions<TAllowed, TRefused, TApp['scope']>,
) => Promise<RouteAuth<TApp, GuardedName<TApp['clientName'], TAllowed, TRefused>>>;

/** Resolves the session of a caller that calls no procedure, if a guard with these options lets it in. */
export type GuardSource = (source: AuthSource, options?: GuardOptions) => Promise<SessionRecord>;

/**
 * Parses the options of a guard of a route.
 * @param name is named in errors
 * @throws DurinUsageError naming the option that is unknown, missing or wrong
 */
export function parseRouteOptions(parse: ParseGuardOptions, name: string, options: unknown): GuardSettings {
  const settings = parse(name, options);
  if (settings.limit?.scope === null)
    throw new DurinUsageError(`${name}: scope is required together with rate, because a route has no procedure's path`);
  return settings;
}

/** A request that several guards of a framework may judge. */
interface GuardedRequest {
  readonly ctx: DurinContext;
  readonly ipAddress: AdapterCall['ipAddress'];
  readonly tally: Tally;
}

interface RouteVisit extends Visit {
  readonly tally: Tally;
}

/** What a guard of a framework lets in: the session, and the request's context for `responseMeta`. */
export interface GuardedVisit {
  readonly record: SessionRecord;
  readonly ctx: DurinContext;
}

/** Guards a request of a framework. All guards of one request share a look-up, and count the request and its client's rate once. */
export type GuardRequest = (call: AdapterCall, options: GuardOptions) => Promise<GuardedVisit>;

export interface RouteGuardsDeps {
  readonly openSource: OpenSource;
  readonly createContext: (call: AdapterCall) => DurinContext;
  readonly admission: Admission;
  readonly counts: Pick<CallCounts, 'count' | 'takeBack'>;
  readonly parseGuardOptions: ParseGuardOptions;
  readonly toAnswered: ToAnswered;
}

export function createRouteGuards(deps: RouteGuardsDeps): { guardSource: GuardSource; guardRequest: GuardRequest } {
  const { openSource, createContext, admission, counts, parseGuardOptions, toAnswered } = deps;
  const parsed = new WeakMap<object, GuardSettings>();
  const guarded = new WeakMap<object, GuardedRequest>();

  /** Parses each object once. */
  function settingsOf(options: GuardOptions): GuardSettings {
    const known = parsed.get(options);
    if (known !== undefined) return known;
    const settings = parseRouteOptions(parseGuardOptions, 'durin.guard', options);
    parsed.set(options, settings);
    return settings;
  }

  async function admit(visit: RouteVisit, resolving: Promise<SessionRecord>): Promise<SessionRecord> {
    const { tally, request } = visit;
    try {
      const record = await resolving.catch((error: unknown) => {
        throw admission.reportRefused(error, visit);
      });
      const admitted = (await admission.admit(record, visit)) ?? record;
      tally.ratedSession = admitted.id;
      counts.count(admitted, tally);
      return admitted;
    } catch (error) {
      counts.takeBack(tally);
      throw toAnswered(error, request);
    }
  }

  /** A guard that knows the caller's address sees another request than one that does not. */
  function requestOf(call: AdapterCall): GuardedRequest {
    const { req, ipAddress } = call;
    const isObject = typeof req === 'object' && req !== null;
    const known = isObject ? guarded.get(req) : undefined;
    if (known !== undefined && known.ipAddress === ipAddress) return known;
    const opened = { ctx: createContext(call), ipAddress, tally: known?.tally ?? createTally() };
    if (isObject) guarded.set(req, opened);
    return opened;
  }

  return {
    async guardSource(source, options = noOptions) {
      const settings = settingsOf(options);
      const { request, state, isChange } = openSource(source);
      const visit = { settings, request, state, path: null, tally: createTally() };
      return admit(visit, state.resolveSessionUncached(isChange));
    },

    async guardRequest(call, options) {
      const settings = settingsOf(options);
      const { ctx, tally } = requestOf(call);
      const { request, state, isChange } = openSource(ctx.durin);
      const visit = { settings, request, state, path: null, tally };
      const record = await admit(visit, state.resolveSessionOnce(isChange));
      return { record, ctx };
    },
  };
}

const noOptions: GuardOptions = Object.freeze({});
