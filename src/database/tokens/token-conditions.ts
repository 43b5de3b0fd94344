import { toParameter } from '../rows/instants.ts';
import type { Schema } from '../schema.ts';
import type { TokenFilter } from '../token-store.ts';

/** What statements on tokens `t` and their clients `c` say of their expiry. */
export interface ExpiryConditions {
  /** See `effectiveExpiry`. */
  readonly expiry: string;
  /** Whether a token has not expired at the instant that is its parameter. */
  readonly unexpired: string;
  /** Whether it has. */
  readonly expired: string;
}

export function createExpiryConditions({ uses }: Pick<Schema, 'uses'>): ExpiryConditions {
  const expiry = effectiveExpiry(`(select l.last_used_at from ${uses} l where l.token_id = t.id)`);
  return { expiry, unexpired: `(${expiry} > ?) is not false`, expired: `${expiry} <= ?` };
}

/**
 * SQL for the instant beyond which nothing extends a token `t` of a client `c`. A token that is older than its client's
 * `maxLifetime`, as one of version 0.1, has none stored.
 */
export const endOfLife = 'coalesce(t.max_expiry, t.created + make_interval(secs => c.max_lifetime))';

/** SQL for the instant at which a token `t` expires however it is used; null: never. */
export const latestExpiry = 'least(t.expiry, t.max_expiry)';

/**
 * SQL for the instant at which a token `t` of a client `c` expires if it is not used again; null: never. The only definition
 * of the three lifetimes: of the token, without use, and in all.
 * @param lastUsedAt SQL for its last use. A token that was not used yet counts as used when it was created
 */
export function effectiveExpiry(lastUsedAt: string): string {
  const idleExpiry = `coalesce(${lastUsedAt}, t.created) + make_interval(secs => c.idle_ttl)`;
  return `least(t.expiry, t.max_expiry, case when c.idle_ttl is not null then ${idleExpiry} end)`;
}

/** The conditions of a filter, each with a leading `and`, of a token `t` and its client `c`. */
export function filterConditions(filter: TokenFilter): { condition: string; parameters: unknown[] } {
  const conditions: string[] = [];
  const parameters: unknown[] = [];
  if (filter.exceptId !== undefined) {
    conditions.push('and t.id <> ?');
    parameters.push(filter.exceptId);
  }
  for (const name of filter.exceptClients ?? []) {
    conditions.push('and c.name <> ?');
    parameters.push(name);
  }
  if (filter.onlyClient !== undefined) {
    conditions.push('and c.name = ?');
    parameters.push(filter.onlyClient);
  }
  if (filter.createdUntil !== undefined) {
    conditions.push('and t.created <= ?');
    parameters.push(toParameter(filter.createdUntil));
  }
  if (filter.exceptTransaction !== undefined) {
    conditions.push('and t.xmin <> ?::xid');
    parameters.push(filter.exceptTransaction);
  }
  return { condition: conditions.join(' '), parameters };
}
