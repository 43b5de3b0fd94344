import type { TokenRow } from '../../session.ts';
import type { ClientRecord } from '../client-store.ts';

/** A client and the number of its tokens, expired ones included. */
export interface CountedClient extends ClientRecord {
  readonly tokens: number;
}

export type SortOrder = 'asc' | 'desc';

export interface ClientQuery {
  /** A part of the name, case-insensitive; `null`: all clients. */
  readonly search: string | null;
  readonly sort: 'name' | 'created' | 'tokenTtl' | 'tokens';
  readonly order: SortOrder;
  readonly offset: number;
  readonly limit: number;
}

/** A user's key and visible columns. */
export interface UserRow {
  readonly key: unknown;
  readonly user: object;
}

/** A token and its owner, without the token's public half. */
export interface OwnedTokenRow extends Omit<TokenRow, 'selector'> {
  readonly owner: UserRow;
  /** What it was issued with; `null`: all scopes of its client. */
  readonly scopes: readonly string[] | null;
  /** The expiry that lists are sorted by, which does not depend on use. */
  readonly storedExpiresAt: Date | null;
}

/** A column to sort by. `null` means never: it sorts as the latest expiry and as the earliest last use. */
export type TokenSort = 'created' | 'expiry' | 'lastUsedAt';

/** The position of a page's last token in a list that is sorted by an instant, then by id. */
export interface TokenCursor {
  /** The value of the sorted column. */
  readonly at: Date | null;
  readonly id: string;
}

export interface TokenQuery {
  /** The keys of the owners; `null`: all users. */
  readonly userKeys: readonly unknown[] | null;
  /** `null`: all clients. */
  readonly clientName: string | null;
  /** `null`: expired and valid tokens. */
  readonly hasExpired: boolean | null;
  readonly sort: TokenSort;
  readonly order: SortOrder;
  /** The list continues after this token; `null`: it starts at the beginning. */
  readonly after: TokenCursor | null;
  readonly limit: number;
}

/** How many tokens a client has, and how many of them were used since each of the requested instants. */
export interface ClientUsage {
  readonly client: string;
  readonly tokens: number;
  readonly usedSince: readonly number[];
}

/** A day (UTC) such as `2026-11-23`, and how many tokens were issued and last used on it. */
export interface DayUsage {
  readonly day: string;
  readonly issued: number;
  readonly lastUsed: number;
}

/**
 * The port for the admin, which lists clients, tokens and users across the app. It only reads, and never reads a token's
 * public half. Every list is limited. `now` is the caller's clock in milliseconds.
 */
export interface AdminStore {
  listClients(query: ClientQuery): Promise<{ readonly clients: CountedClient[]; readonly total: number }>;
  /** Returns names in alphabetical order, starting after the given one; `null`: from the first. */
  listClientNames(after: string | null, limit: number): Promise<string[]>;
  findClient(name: string): Promise<CountedClient | null>;
  listTokens(query: TokenQuery, now: number): Promise<OwnedTokenRow[]>;
  findToken(id: string): Promise<OwnedTokenRow | null>;
  /** The columns among `username`, `email` and `name` that the app's users have and that may be searched. */
  readonly nameColumns: readonly string[];
  /** Finds users by a part of a name column, or by their whole key. Exact matches come first, then in order of names. */
  searchUsers(search: string, limit: number): Promise<UserRow[]>;
  /** Returns the users that exist, in the order of the keys. */
  findUsers(keys: readonly unknown[]): Promise<UserRow[]>;
  /** Counts tokens per client, in the order of the clients' names. */
  usageOfClients(since: readonly Date[]): Promise<ClientUsage[]>;
  /**
   * Counts tokens per day, in no particular order. Days without tokens are left out.
   * @param since a midnight in UTC
   */
  usageByDay(clientName: string | null, since: Date): Promise<DayUsage[]>;
}
