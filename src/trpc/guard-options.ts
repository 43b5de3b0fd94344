import { z } from 'zod';
import { DurinUsageError } from '../errors.ts';
import type { Demands } from '../tokens/rights/judge-rights.ts';
import { type Duration, durationSentence, isDuration, parseDuration } from '../values/duration.ts';
import { describeOptionError, optionIssueMessage } from '../values/option-error.ts';
import { isRate, parseRate, type Quota, type Rate, rateSentence } from '../values/rate.ts';
import { unknownScopeProblem } from '../values/scope.ts';
import { type GuardPolicy, guardedPolicy } from './policies/policies.ts';

/**
 * What a guarded procedure demands. Each option narrows it; without any, every valid session is let through. An option that is
 * `undefined` is refused, because it may come from a misspelled key.
 */
export interface GuardOptions<
  TAllowed extends string = string,
  TRefused extends string = string,
  TScope extends string = string,
> {
  /** Lets these clients through. Others are refused with CLIENT_NOT_ALLOWED. Default: every client. */
  clients?: readonly TAllowed[];
  /**
   * Lets the clients of the option `clients` through, but not these. Clients that were created at run time are refused.
   * Without the option of `createDurin`, all clients but these are let through. Not together with `clients`.
   */
  exceptClients?: readonly TRefused[];
  /** The scopes that a session needs, each of them. Others are refused with INSUFFICIENT_SCOPE. Default: none. */
  scopes?: readonly TScope[];
  /** The scopes of which a session needs one. Others are refused with INSUFFICIENT_SCOPE. Default: none. */
  anyScope?: readonly TScope[];
  /**
   * How long ago the user may have signed in or reauthenticated, such as `'10m'`. Others are refused with
   * REAUTHENTICATION_REQUIRED, and may call `reauthenticate`. Default: any time.
   */
  fresh?: Duration;
  /**
   * Limits the calls of each user and client, such as to `'5/m'`, in addition to the client's own rate. Others are refused
   * with THROTTLED. Default: no limit.
   */
  rate?: Rate;
  /**
   * Names the limit to callers. Procedures with the same scope share it. Default: the procedure's path, so that each
   * procedure counts for itself. Printable ASCII; not `client`, `login`, `auth` or `key`. Only together with `rate`.
   */
  scope?: string;
}

/** The options of a guard, parsed. */
export interface GuardSettings extends Demands {
  /** Whether callers without credentials are let through. No client's own rate applies then. */
  readonly isOptional: boolean;
  /** How old a login or reauthentication may be; `null`: any age. */
  readonly freshSeconds: number | null;
  /** `null`: no limit besides the client's own. */
  readonly limit: GuardLimit | null;
  /** The options as the app wrote them. */
  readonly policy: GuardPolicy;
}

export interface GuardLimit {
  /** `null`: the procedure's path. */
  readonly scope: string | null;
  readonly quota: Quota;
}

/** Settings that let every caller through who has no bad token in a header. */
export const optionalSettings: GuardSettings = {
  isOptional: true,
  isAllowed: () => true,
  scopes: [],
  anyScope: [],
  freshSeconds: null,
  limit: null,
  policy: { ...guardedPolicy, isOptional: true },
};

const reservedScopes: ReadonlySet<string> = new Set(['client', 'login', 'auth', 'key']);
const scopeMessage = "must be 1 to 64 printable ASCII characters, and not 'client', 'login', 'auth' or 'key'";

function isOwnScope(scope: unknown): boolean {
  return typeof scope === 'string' && /^[\x20-\x7e]{1,64}$/.test(scope) && !reservedScopes.has(scope);
}

const names = z
  .array(z.string('must be the name of a client'), 'must be a list of names')
  .min(1, 'must name at least one client')
  .optional();

const scopeNames = z
  .array(z.string('must be a scope'), 'must be a list of scopes')
  .min(1, 'must name at least one scope')
  .optional();

const guardSchema = z
  .strictObject({
    clients: names,
    exceptClients: names,
    scopes: scopeNames,
    anyScope: scopeNames,
    fresh: z.custom<Duration>(isDuration, durationSentence).optional(),
    rate: z.custom<Rate>(isRate, rateSentence).optional(),
    scope: z.custom<string>(isOwnScope, scopeMessage).optional(),
  })
  .refine(({ clients, exceptClients }) => clients === undefined || exceptClients === undefined, {
    path: ['exceptClients'],
    error: 'must not be together with clients',
  })
  .refine(({ rate, scope }) => scope === undefined || rate !== undefined, {
    path: ['scope'],
    error: 'must be together with a rate',
  });

type ParsedOptions = z.infer<typeof guardSchema>;

/**
 * Parses the options of one guard.
 * @param builder is named in errors
 * @throws DurinUsageError naming the option that is unknown or wrong
 */
export type ParseGuardOptions = (builder: string, options: unknown) => GuardSettings;

/**
 * @param clientNames the names in the option `clients`; `null`: any name may be given
 * @param appScopes the option `scopes`
 */
export function createParseGuardOptions(
  clientNames: readonly string[] | null,
  appScopes: readonly string[],
): ParseGuardOptions {
  function isAllowedBy({ clients, exceptClients }: ParsedOptions): GuardSettings['isAllowed'] {
    if (clients !== undefined) return (name) => clients.includes(name);
    if (exceptClients === undefined) return () => true;
    return (name) => !exceptClients.includes(name) && (clientNames === null || clientNames.includes(name));
  }

  function policyOf({ clients, exceptClients, scopes = [], anyScope = [], fresh, rate }: ParsedOptions): GuardPolicy {
    const others = clientNames?.filter((name) => exceptClients?.includes(name) === false) ?? null;
    return {
      ...guardedPolicy,
      clients: clients ?? (exceptClients === undefined ? null : others),
      exceptClients: clientNames === null && exceptClients !== undefined ? exceptClients : [],
      scopes,
      anyScope,
      reach: scopes.length + anyScope.length > 0 ? 'scopes' : 'everything',
      fresh: fresh ?? null,
      rate: rate ?? null,
    };
  }

  return function parseGuardOptions(builder, options) {
    const lost = findUndefined(options);
    if (lost !== undefined) throw new DurinUsageError(`${builder}: ${lost} must not be undefined`);
    const result = guardSchema.safeParse(options, { error: optionIssueMessage });
    if (!result.success) throw new DurinUsageError(`${builder}: ${describeOptionError(result.error, options)}`);
    const { clients = [], exceptClients = [], scopes = [], anyScope = [], fresh, rate, scope = null } = result.data;
    const problem = unknownScopeProblem([...scopes, ...anyScope], appScopes);
    if (problem !== null) throw new DurinUsageError(`${builder}: ${problem}`);
    const unknown = [...clients, ...exceptClients].find((name) => clientNames?.includes(name) === false);
    if (unknown !== undefined) throw new DurinUsageError(`${builder}: no client '${unknown}' in the option clients`);
    const limit = rate === undefined ? null : { scope, quota: parseRate(rate, 'rate') };
    const freshSeconds = fresh === undefined ? null : parseDuration(fresh, 'fresh');
    const demands = { isAllowed: isAllowedBy(result.data), scopes, anyScope };
    return { ...demands, isOptional: false, freshSeconds, limit, policy: policyOf(result.data) };
  };
}

/** An option that is there and undefined, as from a misspelled key. Each narrows the guard, so leaving it out would open it. */
function findUndefined(options: unknown): string | undefined {
  if (typeof options !== 'object' || options === null) return undefined;
  return Object.entries(options).find(([, value]) => value === undefined)?.[0];
}

/** The scope of a procedure without one: its path, in ASCII, and told apart from trpc-durin's own scopes. */
export function scopeOfPath(path: string): string {
  return reservedScopes.has(path) ? `procedure ${path}` : encodeURI(path.toWellFormed());
}
