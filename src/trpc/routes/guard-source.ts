import type { AnyClientName, AuthClient, AuthUser } from '../../database/views.ts';
import { DurinUsageError } from '../../errors.ts';
import type { Auth, SessionRecord } from '../../session.ts';
import type { Admission } from '../admission.ts';
import type { AppTypes, GuardedName } from '../builders.ts';
import type { GuardOptions, GuardSettings, ParseGuardOptions } from '../guard-options.ts';
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
    throw new DurinUsageError(`${name}: scope is required together with rate, since a route has no procedure's path`);
  return settings;
}

export interface GuardSourceDeps {
  readonly openSource: OpenSource;
  readonly admission: Admission;
  readonly parseGuardOptions: ParseGuardOptions;
  readonly toAnswered: ToAnswered;
}

export function createGuardSource({
  openSource,
  admission,
  parseGuardOptions,
  toAnswered,
}: GuardSourceDeps): GuardSource {
  const parsed = new WeakMap<object, GuardSettings>();

  /** Parses each object once. */
  function settingsOf(options: GuardOptions): GuardSettings {
    const known = parsed.get(options);
    if (known !== undefined) return known;
    const settings = parseRouteOptions(parseGuardOptions, 'durin.guard', options);
    parsed.set(options, settings);
    return settings;
  }

  return async function guardSource(source, options = noOptions) {
    const settings = settingsOf(options);
    const { request, state, isChange } = openSource(source);
    const visit = { settings, request, state, path: null };
    try {
      const record = await state.resolveSessionUncached(isChange).catch((error: unknown) => {
        throw admission.reportRefused(error, visit);
      });
      return (await admission.admit(record, visit)) ?? record;
    } catch (error) {
      throw toAnswered(error, request);
    }
  };
}

const noOptions: GuardOptions = Object.freeze({});
