import type { TRPCError } from '@trpc/server';
import type { EntityManager } from '../database/schema.ts';
import type { AuthUser, UserKey } from '../database/views.ts';
import type { DurinContext } from '../request/durin-request.ts';
import type { AppTypes, SignedIn } from '../trpc/builders.ts';

/** How the admin page signs in and is called. */
export interface AdminPageOptions<TClientName extends string = string> {
  /**
   * The client that the page signs in to. Best one of its own, with tokens that live for hours: a user has one token per
   * client, so who signs out of the page signs out of the client. Default: `admin` if the option `clients` has it, else
   * the first of them; without that option `web`.
   */
  client?: NoInfer<TClientName> | undefined;
  /** What the page is called. Default: `'Durin admin'`. */
  title?: string | undefined;
  /** Told of calls of the page that failed unforeseen, or for a database out of reach. Default: `console.error`. */
  onError?: ((error: TRPCError) => void) | undefined;
}

type MaybePromise<T> = T | Promise<T>;

/** How the admin names users, and finds them by what an admin types. */
export interface UserNaming<TApp extends AppTypes> {
  /**
   * What a user is called. It is given the user's visible columns, relations as keys. Default: `username`, else
   * `email`, else `name`, else the key.
   */
  userLabel?: ((user: AuthUser<TApp['userEntity'], readonly ['user']>) => string) | undefined;
  /**
   * Users, or their keys, that match what was typed: best first, at most `limit` of them. `em` is a fork of its own.
   * Default: those whose `username`, `email` or `name` contains it, without regard to case, or whose key it is.
   */
  searchUsers?:
    | ((query: {
        search: string;
        em: EntityManager;
        limit: number;
      }) => MaybePromise<readonly (TApp['userEntity'] | UserKey<TApp['userEntity']>)[]>)
    | undefined;
}

export interface DurinAdminOptions<TApp extends AppTypes> extends UserNaming<TApp> {
  /**
   * Whether this caller is an admin: asked at every call, after the guard of `authedProcedure`. Only `true` lets in; what
   * it throws is told to the server's logs alone. Has as long as the option `databaseTimeout`.
   */
  isAdmin: (ctx: DurinContext & SignedIn<TApp>) => MaybePromise<boolean>;
  page?: AdminPageOptions<TApp['clientName']> | undefined;
}
