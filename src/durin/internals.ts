import type { ChangeListener } from '../cache/changes/changes.ts';
import type { ClientStore } from '../database/client-store.ts';
import type { Database } from '../database/database.ts';
import type { KeyStore } from '../database/keys/key-store.ts';
import type { AuditStore } from '../database/records/audit-store.ts';
import type { UsageStore } from '../database/records/usage-store.ts';
import type { Schema } from '../database/schema.ts';
import type { OverridableTokenStore } from '../database/tokens/overridable-token-store.ts';
import type { EventSink } from '../events.ts';
import type { CheckHealth } from '../health/health.ts';
import type { PartStates } from '../health/part-states.ts';
import type { Telemetry } from '../health/telemetry.ts';
import type { Settings } from '../options/settings.ts';
import type { Actors } from '../records/actors.ts';
import type { AdapterCall, DurinContext } from '../request/durin-request.ts';
import type { DurinRouter, LoginTypes } from '../router/durin-router.ts';
import type { AnyLoginSchema } from '../router/login-schema.ts';
import type { Auth } from '../session.ts';
import type { ActiveUser } from '../tokens/active-user.ts';
import type { IssueToken } from '../tokens/issue-token.ts';
import type { KeyClients } from '../tokens/keys/key-rules.ts';
import type { PurgeTokens } from '../tokens/purge-tokens.ts';
import type { TokenRevoker } from '../tokens/revoke-tokens.ts';
import type { SessionScopes } from '../tokens/rights/scopes.ts';
import type { TokenCodec } from '../tokens/token-codec.ts';
import type { UnderWay } from '../tokens/under-way.ts';
import type { DurinBuilder } from '../trpc/base-procedure.ts';
import type { Denials } from '../trpc/denials.ts';
import type { GuardOptions } from '../trpc/guard-options.ts';
import type { PolicyOf } from '../trpc/policies/policy-of.ts';
import type { RequestState } from '../trpc/request-state.ts';
import type { ResponseFacts } from '../trpc/response-headers.ts';
import type { ConfiguredClient } from '../values/client-fields.ts';
import type { DurinClients } from './durin-clients.ts';

/** What a login form has to know. */
export interface LoginForm {
  readonly input: AnyLoginSchema;
  /** Whether the input also names the client. */
  readonly takesClient: boolean;
  /** The clients whose logins answer with a token. `null`: the app names no clients. */
  readonly clientNames: readonly string[] | null;
  /** The scheme of the Authorization header that durin announces. */
  readonly scheme: string;
}

/** What `trpc-durin/testing` uses to give a durin sessions of its own. */
export interface SessionParts {
  readonly tokenStore: OverridableTokenStore;
  readonly activeUser: Pick<ActiveUser, 'isActive'>;
  /** Learns that sessions of tests have ended. */
  readonly changes: Pick<ChangeListener, 'changed'>;
  /** The option `clients`; `null`: the app names none. */
  readonly clients: readonly ConfiguredClient[] | null;
  readonly defaultTtlSeconds: number;
  readonly populate: readonly string[] | false;
}

/**
 * What the admin and the command line use of a durin. The services have no timeout of their own: an admin procedure has
 * one around its whole work, so that a change which finishes late is still emitted.
 */
export interface Internals {
  readonly durinRouter: DurinRouter<LoginTypes>;
  readonly loginForm: LoginForm;
  readonly authedProcedure: DurinBuilder<{ user: object; auth: Auth }>;
  readonly createContext: (call?: AdapterCall) => DurinContext;
  readonly responseMeta: (facts: ResponseFacts) => { headers: Headers };
  readonly policyOf: PolicyOf;
  /**
   * Guards a request of a framework. All guards of one request share a look-up, and count its client's rate once.
   * @returns the session, and the context for `responseMeta`
   * @throws DurinError as `durin.guard`
   */
  readonly guardRequest: (call: AdapterCall, options: GuardOptions) => Promise<{ auth: Auth; ctx: DurinContext }>;
  /**
   * Checks the options of a guard of a route.
   * @param name is named in errors
   * @throws DurinUsageError naming the option that is unknown, missing or wrong
   */
  readonly checkRouteOptions: (name: string, options: unknown) => void;
  /** Makes `responseMeta` keep the answers of these procedures out of HTTP caches. */
  readonly markPrivate: (procedures: Iterable<unknown>) => void;
  /** Resolves once no event listener is running. */
  readonly eventsSettled: () => Promise<void>;
  readonly close: () => Promise<void>;
  /** Closes the app's ORM. */
  readonly closeDatabase: () => Promise<void>;
  readonly database: Database;
  readonly schema: Schema;
  /** Milliseconds that an admin procedure may take. */
  readonly databaseTimeoutMs: number;
  readonly clients: DurinClients;
  readonly clientStore: ClientStore;
  readonly codec: Pick<TokenCodec, 'newSelector' | 'previewOf' | 'tokenOf'>;
  readonly keyClients: KeyClients;
  readonly keyStore: Pick<KeyStore, 'renameKey'>;
  /** `null`: there is no audit. */
  readonly actors: Pick<Actors, 'asAdmin'> | null;
  /** `null`: there is no audit. */
  readonly auditStore: AuditStore | null;
  /** `null`: calls are not counted. */
  readonly usageStore: UsageStore | null;
  readonly issueToken: IssueToken;
  readonly issuesUnderWay: UnderWay;
  readonly scopes: SessionScopes;
  readonly revoker: TokenRevoker;
  readonly purge: PurgeTokens;
  readonly events: EventSink;
  readonly denials: Denials;
  readonly checkHealth: CheckHealth;
  readonly telemetry: Telemetry;
  readonly partStates: Pick<PartStates, 'of'>;
  /** How many streams are open. */
  readonly countStreams: () => number;
  readonly stateOf: (ctx: DurinContext) => RequestState;
  /** What `doctor` examines. */
  readonly settings: Pick<
    Settings,
    'orm' | 'secrets' | 'clients' | 'cookies' | 'cache' | 'preparedStatements' | 'throttle' | 'trustProxy'
  >;
  /** What sessions are made of, for those of tests. */
  readonly sessions: SessionParts;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** Internals sit behind a symbol: they are in no type, and nothing prints or copies them. */
const key = Symbol('trpc-durin internals');

export function attachInternals(durin: object, internals: Internals): void {
  Object.defineProperty(durin, key, { value: internals });
}

/** `null`: `createDurin` of this copy of the package did not create it. */
export function internalsOf(durin: unknown): Internals | null {
  const isObject = typeof durin === 'object' && durin !== null;
  return isObject ? ((durin as { readonly [key]?: Internals })[key] ?? null) : null;
}
