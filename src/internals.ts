import type { z } from 'zod';
import type { ClientStore } from './database/client-store.ts';
import type { Database } from './database/database.ts';
import type { Schema } from './database/schema.ts';
import type { DurinClients } from './durin-clients.ts';
import type { EventSink } from './events.ts';
import type { AdapterCall, DurinContext } from './request/durin-request.ts';
import type { DurinRouter, LoginTypes } from './router/durin-router.ts';
import type { Auth } from './session.ts';
import type { IssueToken } from './tokens/issue-token.ts';
import type { PurgeTokens } from './tokens/purge-tokens.ts';
import type { TokenRevoker } from './tokens/revoke-tokens.ts';
import type { DurinBuilder } from './trpc/base-procedure.ts';
import type { RequestState } from './trpc/request-state.ts';
import type { ResponseFacts } from './trpc/response-headers.ts';

/** What a form must know to log in. */
export interface LoginForm {
  readonly input: z.ZodObject;
  /** Whether the input also names the client. */
  readonly takesClient: boolean;
  /** `null`: the app names no clients. */
  readonly clientNames: readonly string[] | null;
  /** The scheme of the Authorization header. */
  readonly scheme: string;
}

/** What the admin and the command line need of a durin, of its surface and of its parts. */
export interface Internals {
  readonly durinRouter: DurinRouter<LoginTypes>;
  readonly loginForm: LoginForm;
  readonly authedProcedure: DurinBuilder<{ user: object; auth: Auth }>;
  readonly createContext: (call?: AdapterCall) => DurinContext;
  readonly responseMeta: (facts: ResponseFacts) => { headers: Headers };
  /** Resolves once no listener of an event is at work any more. */
  readonly eventsTold: () => Promise<void>;
  readonly close: () => Promise<void>;
  /** Closes the app's ORM. */
  readonly closeDatabase: () => Promise<void>;
  readonly database: Database;
  readonly schema: Schema;
  /**
   * Milliseconds that a procedure may take. What works on the database has no deadline of its own, so that
   * what an admin did late is told nevertheless.
   */
  readonly databaseTimeoutMs: number;
  readonly clients: DurinClients;
  readonly clientStore: ClientStore;
  readonly issueToken: IssueToken;
  readonly revoker: TokenRevoker;
  readonly purge: PurgeTokens;
  readonly events: EventSink;
  readonly stateOf: (ctx: DurinContext) => RequestState;
  /** Has `responseMeta` keep the answers of these procedures out of caches. */
  readonly keepPrivate: (procedures: Iterable<unknown>) => void;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** Where a durin keeps it: in no type, and in nothing that is printed or copied. */
const key = Symbol('trpc-durin admin access');

export function attachInternals(durin: object, access: Internals): void {
  Object.defineProperty(durin, key, { value: access });
}

/** `null`: this is nothing that `createDurin` of this copy of the package gave. */
export function internalsOf(durin: unknown): Internals | null {
  const isObject = typeof durin === 'object' && durin !== null;
  return isObject ? ((durin as { readonly [key]?: Internals })[key] ?? null) : null;
}
