import type { TokenRow } from '../../session.ts';
import type { ClientRecord } from '../client-store.ts';

/** A client with the number of its tokens, expired ones included. */
export interface CountedClient extends ClientRecord {
  readonly tokens: number;
}

export type SortOrder = 'asc' | 'desc';

export interface ClientQuery {
  /** Part of the name, without regard to case; `null`: all. */
  readonly search: string | null;
  readonly sort: 'name' | 'created' | 'tokenTtl' | 'tokens';
  readonly order: SortOrder;
  readonly offset: number;
  readonly limit: number;
}

/** A user with its visible columns. */
export interface UserRow {
  readonly key: unknown;
  readonly user: object;
}

/** A token with its owner, and without its public half. */
export interface OwnedTokenRow extends Omit<TokenRow, 'selector'> {
  readonly owner: UserRow;
}

/** `null` is a never: the latest of expiries, the earliest of last uses. */
export type TokenSort = 'created' | 'expiry' | 'lastUsedAt';

/** A place between two tokens of a list that is sorted by an instant, then by id. */
export interface TokenPlace {
  readonly at: Date | null;
  readonly id: string;
}

export interface TokenQuery {
  /** The owners' keys; `null`: everyone's. */
  readonly userKeys: readonly unknown[] | null;
  /** `null`: any. */
  readonly clientName: string | null;
  /** `null`: both. */
  readonly hasExpired: boolean | null;
  readonly sort: TokenSort;
  readonly order: SortOrder;
  /** `null`: from the start. */
  readonly after: TokenPlace | null;
  readonly limit: number;
}

/** How many tokens of a client there are, and were used since each of the instants that were asked for. */
export interface ClientUse {
  readonly client: string;
  readonly tokens: number;
  readonly usedSince: readonly number[];
}

/** A day (UTC) as `2026-11-23`, and how many tokens were issued and last used on it. */
export interface DayUse {
  readonly day: string;
  readonly issued: number;
  readonly lastUsed: number;
}

/**
 * The port for who looks at all of it at once. It only reads, in bounded answers, and never a token's public half. `now`
 * is the caller's clock, in milliseconds.
 */
export interface AdminStore {
  listClients(query: ClientQuery): Promise<{ readonly clients: CountedClient[]; readonly total: number }>;
  /** In their order, from the one after this name on; `null`: from the first. */
  listClientNames(after: string | null, limit: number): Promise<string[]>;
  findClient(name: string): Promise<CountedClient | null>;
  listTokens(query: TokenQuery, now: number): Promise<OwnedTokenRow[]>;
  findToken(id: string): Promise<OwnedTokenRow | null>;
  /** Of the columns by which users are named, those that this app's users have, in order of preference. */
  readonly nameColumns: readonly string[];
  /** Those of whom a name column contains it, and whose key it is: the same first, then by name. */
  searchUsers(search: string, limit: number): Promise<UserRow[]>;
  /** Those that exist, in the order of the keys. */
  findUsers(keys: readonly unknown[]): Promise<UserRow[]>;
  /** By client name. */
  usageOfClients(since: readonly Date[]): Promise<ClientUse[]>;
  /** The days from this instant on, a midnight in UTC, that have something, in no order. */
  usageByDay(clientName: string | null, since: Date): Promise<DayUse[]>;
}
