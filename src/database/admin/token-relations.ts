import { toParameter } from '../rows/instants.ts';
import type { Schema } from '../schema.ts';
import { createExpiryConditions, effectiveExpiry } from '../tokens/token-conditions.ts';
import type { TokenQuery, TokenSort } from './admin-store.ts';
import { allOf, type SqlFragment, selectFirst } from './sql-fragment.ts';

/** How a list is sorted, and how many rows are still to be read. */
interface Page {
  /** The conditions of its segment. */
  readonly conditions: readonly SqlFragment[];
  readonly order: string;
  readonly limit: number;
}

/** A list has the columns of the last use only if it is sorted by them. */
const columnsFor = (sort: TokenSort) => (sort === 'lastUsedAt' ? 't.*, l.last_used_on, l.last_used_at' : 't.*');

/**
 * The relations that the admin lists tokens from. `offset 0` keeps the planner from scanning everyone's tokens in the requested
 * order for the few that match: they are all selected first.
 */
export function createTokenRelations(schema: Schema) {
  const { tokens, clients, uses } = schema;
  const { expired } = createExpiryConditions(schema);
  const tokensAndUses = `${tokens} t left join ${uses} l on l.token_id = t.id`;

  function ofUsers(userKeys: readonly unknown[] | null): SqlFragment[] {
    if (userKeys === null) return [];
    const placeholders = userKeys.map(() => '?').join(', ');
    return [{ sql: `t.user_id in (${placeholders})`, parameters: userKeys.map((key) => schema.toUserKey(key)) }];
  }

  return {
    /**
     * The tokens of the filtered users are few, so they are selected first. If the list is sorted by the last use, so are
     * those of a client and those that have expired, because no index has these columns and the last use.
     * @param ofClient the condition on the client, if there is one
     */
    tokensOf(query: TokenQuery, ofClient: readonly SqlFragment[], now: number): SqlFragment {
      const isByUse = query.sort === 'lastUsedAt';
      const select = `select ${columnsFor(query.sort)} from ${isByUse ? tokensAndUses : `${tokens} t`}`;
      const overdue = query.hasExpired === true ? [{ sql: 't.expiry <= ?', parameters: [toParameter(now)] }] : [];
      const first = [...ofUsers(query.userKeys), ...(isByUse ? [...ofClient, ...overdue] : [])];
      if (first.length === 0) return { sql: `(${select})`, parameters: [] };
      const { sql, parameters } = allOf(first);
      return { sql: `(${select} where ${sql} offset 0)`, parameters };
    },

    /** The tokens that have no use in their row of the table of uses. */
    unused: {
      sql:
        `(select t.*, l.last_used_on, l.last_used_at from ${uses} l join ${tokens} t on t.id = l.token_id ` +
        'where l.last_used_at is null)',
      parameters: [],
    },

    /** The tokens that have no row there, as some of version 0.1. */
    unrecorded: {
      sql:
        `(select t.*, null::date as last_used_on, null::timestamptz as last_used_at from ${tokens} t ` +
        `where not exists (select from ${uses} l where l.token_id = t.id))`,
      parameters: [],
    },

    /**
     * The tokens that have expired because they were not used. For each client that allows this, those that are old enough
     * are selected first, and their uses are looked up one by one. In the order of their creation, an index finds the first.
     */
    idleTokens({ userKeys, sort }: TokenQuery, ofClient: readonly SqlFragment[], now: number, page: Page): SqlFragment {
      const at = [toParameter(now)];
      const { sql, parameters } = allOf([
        { sql: 't.client_id = c.id', parameters: [] },
        { sql: 't.created <= ?::timestamptz - make_interval(secs => c.idle_ttl)', parameters: at },
        { sql: '(t.expiry <= ?) is not true', parameters: at },
        { sql: `${effectiveExpiry('l.last_used_at')} <= ?`, parameters: at },
        ...ofUsers(userKeys),
        ...ofClient,
        ...(sort === 'lastUsedAt' ? [] : page.conditions),
      ]);
      const use = `(select l.last_used_on, l.last_used_at from ${uses} l where l.token_id = t.id offset 0)`;
      const select = `select ${columnsFor(sort)} from ${tokens} t left join lateral ${use} l on true where ${sql}`;
      const found = { sql: `(${select}${sort === 'created' ? '' : ' offset 0'})`, parameters };
      const first = selectFirst(found, page.conditions, page.order, page.limit);
      return {
        sql: `(select i.* from ${clients} c cross join lateral ${first.sql} i where c.idle_ttl is not null)`,
        parameters: first.parameters,
      };
    },

    /** Whether a token has expired because it was not used. */
    isIdle: `exists (select from ${clients} c where c.id = t.client_id and c.idle_ttl is not null and ${expired})`,
  };
}
