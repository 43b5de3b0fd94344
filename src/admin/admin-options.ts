import type { AnyTRPCRouter, TRPCError } from '@trpc/server';
import type { EntityManager } from '../database/schema.ts';
import type { AuthUser, UserKey } from '../database/views.ts';
import type { DurinContext } from '../request/durin-request.ts';
import type { AppTypes, SignedIn } from '../trpc/builders.ts';

/** How admins sign in to the admin page, and what it is called. */
export interface AdminPageOptions<TClientName extends string = string> {
  /**
   * The client that admins sign in through. A user has one token per client, so signing out of the page ends the user's
   * session of this client everywhere. Best is a client of its own, with tokens that last a few hours. Default: `admin` if
   * the option `clients` of `createDurin` has it, otherwise the first of them; without that option, `web`.
   */
  client?: NoInfer<TClientName> | undefined;
  /** The name of the page. Default: `'Durin admin'`. */
  title?: string | undefined;
  /** Called with errors that the page's calls answer with a 5xx status. Default: `console.error`. */
  onError?: ((error: TRPCError) => void) | undefined;
}

type MaybePromise<T> = T | Promise<T>;

/** How the admin labels users, and how it searches them. */
export interface UserNaming<TApp extends AppTypes> {
  /**
   * Returns the label of a user. Receives the user's visible columns, with relations as keys. Default: `username`, `email`
   * or `name`, whichever is the first to be set, otherwise the primary key.
   */
  userLabel?: ((user: AuthUser<TApp['userEntity'], readonly ['user']>) => string) | undefined;
  /**
   * Returns users, or their primary keys, that match the search text: best match first, at most `limit`. `em` is a fork
   * for this call. Default: users whose `username`, `email` or `name` contains the text (case-insensitive), or whose
   * primary key equals it.
   */
  searchUsers?:
    | ((query: {
        search: string;
        em: EntityManager;
        limit: number;
      }) => MaybePromise<readonly (TApp['userEntity'] | UserKey<TApp['userEntity']>)[]>)
    | undefined;
}

/**
 * The options of `createDurinAdmin`.
 * @example
 * const options: DurinAdminOptions<AppTypes> = {
 *   isAdmin: ({ user }) => user.role === 'admin',
 *   userLabel: (user) => `${user.firstName} ${user.lastName}`,
 *   searchUsers: ({ search, em, limit }) => em.find(User, { lastName: { $ilike: `${search}%` } }, { limit }),
 *   page: { client: 'admin', title: 'Acme admin' },
 * };
 */
export interface DurinAdminOptions<TApp extends AppTypes> extends UserNaming<TApp> {
  /**
   * Returns whether the caller is an admin. `true` lets every call through. `'read'` lets queries through, so that the caller sees
   * everything and changes nothing. Anything else refuses the call. Runs at every call, after the checks of `authedProcedure`. If it throws, the call fails with INTERNAL_SERVER_ERROR and the caller does not see the message. If
   * it takes longer than the option `databaseTimeout`, the call fails with STORE_UNAVAILABLE.
   */
  isAdmin: (ctx: DurinContext & SignedIn<TApp>) => MaybePromise<boolean | 'read'>;
  /**
   * Returns the app's router, so that admins see who may call each of its procedures. It is called when they look. Without it
   * the admin page has no such view. The function needs a return type: the app's router contains `adminRouter`, and
   * TypeScript cannot infer two types from each other.
   * @example
   * export const { adminRouter, page } = createDurinAdmin(durin, { isAdmin, router: (): AnyTRPCRouter => appRouter });
   */
  router?: (() => AnyTRPCRouter) | undefined;
  /** The admin page. Default: the defaults of each of its options. */
  page?: AdminPageOptions<TApp['clientName']> | undefined;
}
