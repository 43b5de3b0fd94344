import type { AnyTRPCRouter, inferRouterContext } from '@trpc/server';
import { z } from 'zod';
import type { AuthUser } from '../database/views.ts';
import { type Internals, internalsOf } from '../durin/internals.ts';
import { DurinUsageError } from '../errors.ts';
import { callFrom } from '../request/context-from.ts';
import type { DurinContext } from '../request/durin-request.ts';
import type { AppTypes, DurinProcedures } from '../trpc/builders.ts';
import { describeOptionError, optionIssueMessage } from '../values/option-error.ts';
import { createTestSession } from './create-test-session.ts';
import { testSessionsOf } from './test-sessions-of.ts';

/** A user entity, or a plain object with the primary key and what the test needs of the rest. What it lacks is `null`. */
export type ActingUser<TApp extends AppTypes> =
  | TApp['userEntity']
  | (AuthUser<TApp['userEntity'], false> & Partial<AuthUser<TApp['userEntity'], TApp['populate']>>);

export interface ActAsOptions<TApp extends AppTypes> {
  /** The client of the session. Default: the first one of the option `clients`. */
  client?: TApp['clientName'] | undefined;
  /** The scopes that its token was issued with. Default: all of its client's. */
  scopes?: readonly TApp['scope'][] | undefined;
  /**
   * When the user last confirmed their identity, which `fresh` looks at; `null`: never. Default: now, as after a login; for a client
   * with `keys`, never.
   */
  authenticatedAt?: Date | null | undefined;
  /** Where the calls come from, for `allowedNetworks` and limits. Default: not known. */
  ipAddress?: string | undefined;
}

/** What a router's context has beside `ctx.durin`. It need not be passed if all of it is optional. */
type ContextBeside<TRouter extends AnyTRPCRouter> =
  {} extends Omit<inferRouterContext<TRouter>, 'durin'>
    ? [context?: Omit<inferRouterContext<TRouter>, 'durin'>]
    : [context: Omit<inferRouterContext<TRouter>, 'durin'>];

/** A session that a test acts with. It has no row, and only this process accepts its token. */
export interface ActingSession {
  /** The session's id, for `durin.tokens.revoke` and the like. */
  readonly id: string;
  /** A context for `createCaller`. Spread it to add a context of your own. */
  readonly ctx: DurinContext;
  /** The headers of a request that presents the token, for a server of this process and for `durin.guard`. */
  readonly headers: { readonly authorization: string };
  /**
   * Creates a caller of the app's router. Each call is a request of its own, so it sees what happened before it.
   * @param context what the router's context has beside `ctx.durin`
   */
  caller<TRouter extends AnyTRPCRouter>(
    router: TRouter,
    ...context: ContextBeside<TRouter>
  ): ReturnType<TRouter['createCaller']>;
}

const optionsSchema = z.strictObject({
  client: z.string('must be the name of a client').optional(),
  scopes: z.array(z.string('must be a scope'), 'must be a list of scopes').optional(),
  authenticatedAt: z.date('must be a Date or null').nullable().optional(),
  ipAddress: z.string('must be a string').optional(),
});

/**
 * Signs a user in for a test, without HTTP, a login and a database. The guards run as they do in production: the user's
 * activity, the client, scopes, freshness, rates, and what API keys may reach. The token is valid until it expires by the clock
 * of `durin`, and ends with `auth.logout`, `durin.tokens.revoke`, or a change of the user that ends sessions.
 * @param durin the object that `createDurin` returned. Its ORM needs no connection
 * @throws DurinUsageError naming what is wrong: the durin, the user, or an option
 * @example
 * const alice = actAs(durin, { id: 1, username: 'alice' }, { client: 'web' });
 * expect(await alice.caller(appRouter).me()).toBe('alice');
 * expect((await fetch(url, { headers: alice.headers })).status).toBe(200);
 */
export function actAs<TApp extends AppTypes>(
  durin: DurinProcedures<TApp>,
  user: ActingUser<TApp>,
  options: ActAsOptions<TApp> = {},
): ActingSession {
  const internals = requireInternals(durin);
  const parsed = optionsSchema.safeParse(options, { error: optionIssueMessage });
  if (!parsed.success) throw new DurinUsageError(`actAs: ${describeOptionError(parsed.error, options)}`);
  const { ipAddress = null, ...facts } = parsed.data;
  const session = createTestSession(internals, user, facts);
  testSessionsOf(internals).add(session);

  const { codec, loginForm, createContext } = internals;
  const headers = { authorization: `${loginForm.scheme} ${codec.tokenOf(session.selector)}` };
  const call = callFrom(headers, { ipAddress });
  return {
    id: session.id,
    ctx: createContext(call),
    headers,
    caller<TRouter extends AnyTRPCRouter>(router: TRouter, ...[context]: ContextBeside<TRouter>) {
      const caller = router.createCaller(() => ({ ...context, ...createContext({ ...call, info: oneCall }) }));
      return caller as ReturnType<TRouter['createCaller']>;
    },
  };
}

/** What an adapter tells of a request with one call. Such a request waits for no other calls to share its look-up. */
const oneCall = Object.freeze({ calls: Object.freeze([{}]) });

function requireInternals(durin: unknown): Internals {
  const internals = internalsOf(durin);
  if (internals !== null) return internals;
  throw new DurinUsageError('actAs: durin must be the object that createDurin of this copy of trpc-durin returns');
}
