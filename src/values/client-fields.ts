import { DurinUsageError } from '../errors.ts';
import { type Duration, parseDuration } from './duration.ts';
import { nameProblem } from './name-problem.ts';
import { parseRate, type Rate } from './rate.ts';

/** What a login does when its user has `maxSessions` sessions: end the least recently used one, or refuse the login. */
export type AtLimit = 'end-oldest' | 'refuse';

/** The longest name a client may have, in characters. */
export const clientNameLength = 64;

/** The most sessions that a client may allow a user. */
export const maxSessionsLimit = 1000;

/** The shortest `idleTtl`, in seconds. Uses are written once a minute, so a shorter one would end sessions in use. */
export const minimumIdleTtl = 300;

/** The fields of a client that can be set, as an app writes them. */
export interface ClientFields {
  /** 1 to 64 characters, compared with case. */
  name: string;
  /** Lifetime of its tokens, such as `'14d'`; `null`: they never expire. Default: the option `defaultTokenTtl`. */
  tokenTtl?: Duration | null | undefined;
  /** Calls per user, such as `'1000/h'`. Default: `null`, the option `throttle.rate`. */
  throttleRate?: Rate | null | undefined;
  /** The sessions that a user may have at once, 1 to 1000. Default: 1. */
  maxSessions?: number | undefined;
  /**
   * What a login does when its user has `maxSessions` sessions and that is more than one: `end-oldest` ends the least
   * recently used one, `refuse` refuses the login with SESSION_LIMIT. Default: `end-oldest`.
   */
  atLimit?: AtLimit | undefined;
  /** Ends a session that was not used for so long, such as `'3d'`; at least 5 minutes. Default: `null`, never. */
  idleTtl?: Duration | null | undefined;
  /** Ends a session so long after its login, however often it was refreshed, such as `'90d'`. Default: `null`, never. */
  maxLifetime?: Duration | null | undefined;
}

/** The same fields, parsed and valid: durations in seconds, `null` for never. */
export interface ClientValues {
  name: string;
  tokenTtl: number | null;
  throttleRate: string | null;
  maxSessions: number;
  atLimit: AtLimit;
  idleTtl: number | null;
  maxLifetime: number | null;
}

export type ClientField = keyof ClientValues;

/** A client of the option `clients`. */
export interface ConfiguredClient {
  /** The fields that the option names. */
  readonly given: Partial<ClientValues>;
  /** Those, and the defaults of the others. */
  readonly values: ClientValues;
  /** The scopes that its tokens may have at most; `null`: all. */
  readonly scopes: readonly string[] | null;
}

/** The fields that a client has if they are left out, except for `tokenTtl`. */
export const clientDefaults = {
  throttleRate: null,
  maxSessions: 1,
  atLimit: 'end-oldest',
  idleTtl: null,
  maxLifetime: null,
} as const satisfies Partial<ClientValues>;

/**
 * Parses the fields of a client that are given. An invalid value would make every request of that client fail.
 * @throws DurinUsageError naming the property
 */
export function parseClientFields(fields: { readonly [K in ClientField]?: unknown }): Partial<ClientValues> {
  const parsers = Object.entries(fieldParsers) as [ClientField, (value: unknown) => never][];
  const given = parsers.filter(([field]) => fields[field] !== undefined);
  return Object.fromEntries(given.map(([field, parse]) => [field, parse(fields[field])]));
}

const fieldParsers: { readonly [K in ClientField]: (value: unknown) => ClientValues[K] } = {
  name(value) {
    const problem = clientNameProblem(value);
    if (problem !== null) throw new DurinUsageError(`name: ${problem}`);
    return value as string;
  },
  tokenTtl: (value) => (value === null ? null : parseDuration(value, 'tokenTtl')),
  throttleRate(value) {
    if (value !== null) parseRate(value, 'throttleRate');
    return value as string | null;
  },
  maxSessions(value) {
    const problem = maxSessionsProblem(value);
    if (problem !== null) throw new DurinUsageError(`maxSessions ${problem}`);
    return value as number;
  },
  atLimit(value) {
    if (value === 'end-oldest' || value === 'refuse') return value;
    throw new DurinUsageError("atLimit must be 'end-oldest' or 'refuse'");
  },
  idleTtl(value) {
    const seconds = value === null ? null : parseDuration(value, 'idleTtl');
    if (seconds !== null && seconds < minimumIdleTtl) throw new DurinUsageError('idleTtl must be at least 5 minutes');
    return seconds;
  },
  maxLifetime: (value) => (value === null ? null : parseDuration(value, 'maxLifetime')),
};

/** Describes what is wrong with a number of sessions; `null`: it is valid. */
export function maxSessionsProblem(value: unknown): string | null {
  const isValid = Number.isInteger(value) && (value as number) >= 1 && (value as number) <= maxSessionsLimit;
  return isValid ? null : `must be a whole number from 1 to ${maxSessionsLimit}`;
}

/** Describes what is wrong with a client's name; `null`: the name is valid. */
export function clientNameProblem(name: unknown): string | null {
  return nameProblem(name, clientNameLength);
}
