import type { EntityMetadata } from '@mikro-orm/core';
import type { TokenRow } from '../session.ts';
import type { Database } from './database.ts';
import { createIssue } from './issue-statement.ts';
import { createRowFormat } from './row-format.ts';
import { epochOf, toInstant, toParameter } from './rows/instants.ts';
import type { Row } from './rows/projection.ts';
import type { Schema } from './schema.ts';
import { createSessionSelect, createUserRowSelect, type UserRowRules } from './session-select.ts';
import type {
  EndedToken,
  LoadedSession,
  LoadSession,
  SessionFormat,
  TokenFilter,
  TokenIdentity,
  TokenStore,
} from './token-store.ts';

/** The token store, and what a cache in front of it needs. */
export interface SqlTokenStore extends TokenStore {
  readonly load: LoadSession;
  readonly format: SessionFormat;
  /** The entities besides user, client and token that sessions are made of. */
  readonly related: ReadonlySet<EntityMetadata>;
}

/** The token store on PostgreSQL. Instants are parameters, never the database's clock. */
export function createSqlTokenStore(database: Database, schema: Schema, rules: UserRowRules): SqlTokenStore {
  const { tokens, clients } = schema;
  const session = createSessionSelect(schema, rules);
  const userRow = createUserRowSelect(schema, rules);
  const select = `select ${session.columns} from ${tokens} t ${session.joins}`;
  const findSession = database.prepareLookUp(select, { name: 't.selector', read: session.selectorOf });

  /** Whose tokens go with a deletion, and where those are. */
  const ownership = {
    user: { owners: schema.users, key: schema.userKeyColumn, column: 't.user_id' },
    client: { owners: clients, key: 'id', column: 't.client_id' },
    token: { owners: null, key: 'id', column: 't.id' },
  };

  const toIdentity = (row: Row) => toTokenIdentity(row, schema);

  async function load(selector: string): Promise<LoadedSession | null> {
    const row = await findSession(selector);
    return row === null ? null : { record: session.read(row), row };
  }

  async function deleteWhere(condition: string, parameters: readonly unknown[]): Promise<TokenIdentity[]> {
    const sql = `delete from ${tokens} t using ${clients} c where c.id = t.client_id and ${condition} returning ${identity}`;
    return (await database.run(sql, parameters)).map(toIdentity);
  }

  async function selectWhere(condition: string, parameters: readonly unknown[]): Promise<TokenRow[]> {
    const sql = `select ${rowColumns} from ${tokens} t join ${clients} c on c.id = t.client_id where ${condition} order by t.created desc, t.id`;
    return (await database.run(sql, parameters)).map(toTokenRow);
  }

  return {
    load,
    format: createRowFormat(session, select),
    related: session.related,

    async findBySelector(selector) {
      const loaded = await load(selector);
      return loaded && loaded.record;
    },

    async findUserRow(userId) {
      const [row] = await database.run(userRow.sql, [schema.toUserKey(userId)]);
      return row === undefined ? null : userRow.read(row);
    },

    issue: createIssue(database, schema, session),

    async renew(id, now) {
      const [row] = await database.run(
        `update ${tokens} t set expiry = ?::timestamptz(3) + make_interval(secs => c.token_ttl) from ${clients} c ` +
          `where c.id = t.client_id and t.id = ? and ${unexpired} returning ${identity}, ${epochOf('t.expiry')} as expiry`,
        [toParameter(now), id, toParameter(now)],
      );
      return row === undefined ? null : { expiresAt: toInstant(row['expiry']), token: toIdentity(row) };
    },

    async delete({ id }) {
      const [ended] = await deleteWhere('t.id = ?', [id]);
      return ended ?? null;
    },

    async deleteIfExpired({ id }, now) {
      const [ended] = await deleteWhere('t.id = ? and t.expiry <= ?', [id, toParameter(now)]);
      return ended ?? null;
    },

    async deleteOf(userId, id, filter, now) {
      const { condition, parameters } = whereOf(filter);
      const values = [schema.toUserKey(userId), id, toParameter(now), ...parameters];
      const [ended] = await deleteWhere(`t.user_id = ? and t.id = ? and ${unexpired} ${condition}`, values);
      return ended ?? null;
    },

    async deleteAllOf(userId, filter) {
      const { condition, parameters } = whereOf(filter);
      return deleteWhere(`t.user_id = ? ${condition}`, [schema.toUserKey(userId), ...parameters]);
    },

    async deleteBefore(deleted, keys, now) {
      const ended: EndedToken[] = [];
      const { owners, key, column } = ownership[deleted];
      const values = deleted === 'user' ? keys.map(schema.toUserKey) : keys;
      for (let start = 0; start < values.length; start += maxKeys) {
        const some = values.slice(start, start + maxKeys);
        const marks = some.map(() => '?').join(', ');
        if (owners !== null) await database.run(`select 1 from ${owners} where ${key} in (${marks}) for update`, some);
        const rows = await database.run(
          `delete from ${tokens} t using ${clients} c where c.id = t.client_id and ${column} in (${marks}) ` +
            `returning ${identity}, coalesce(t.expiry <= ?, false) as had_expired`,
          [...some, toParameter(now)],
        );
        ended.push(...rows.map((row) => ({ ...toIdentity(row), hadExpired: row['had_expired'] === true })));
      }
      return ended;
    },

    async expireAllOf(userId, now) {
      const rows = await database.run(
        `update ${tokens} t set expiry = ? from ${clients} c ` +
          `where c.id = t.client_id and t.user_id = ? and ${unexpired} returning ${identity}`,
        [toParameter(now), schema.toUserKey(userId), toParameter(now)],
      );
      return rows.map(toIdentity);
    },

    async deleteExpired(limit, now) {
      // The CTE is what makes the limit one: a subselect may be run again for other rows.
      const expired = `select id from ${tokens} where expiry <= ? order by expiry limit ? for update skip locked`;
      const rows = await database.run(
        `with expired as materialized (${expired}) delete from ${tokens} t using expired, ${clients} c ` +
          `where t.id = expired.id and c.id = t.client_id returning ${identity}`,
        [toParameter(now), limit],
      );
      return rows.map(toIdentity);
    },

    async listOf(userId, filter, now) {
      const { condition, parameters } = whereOf(filter);
      return selectWhere(`t.user_id = ? and ${unexpired} ${condition}`, [
        schema.toUserKey(userId),
        toParameter(now),
        ...parameters,
      ]);
    },

    async findOf(userId, clientName) {
      const [row] = await selectWhere('t.user_id = ? and c.name = ?', [schema.toUserKey(userId), clientName]);
      return row ?? null;
    },

    async recordUses(uses, intervalMs) {
      if (uses.length === 0) return;
      const values = uses.map(() => '(?::uuid, ?::timestamptz, ?::text, ?::text)').join(', ');
      const parameters = uses.flatMap((use) => [use.id, use.usedAt.toISOString(), use.ipAddress, use.userAgent]);
      await database.run(
        `with used (id, used_at, ip_address, user_agent) as (values ${values}), ` +
          `free as (select t.id from ${tokens} t join used on used.id = t.id where t.last_used_at is null ` +
          `or t.last_used_at <= used.used_at - make_interval(secs => ?) for update of t skip locked) ` +
          `update ${tokens} t set last_used_at = used.used_at, ip_address = coalesce(used.ip_address, t.ip_address), ` +
          'user_agent = coalesce(used.user_agent, t.user_agent) ' +
          'from used join free on free.id = used.id where t.id = used.id returning t.id',
        [...parameters, intervalMs / 1000],
      );
    },
  };
}

/** The most keys in one statement. */
const maxKeys = 1000;
const identity = 't.id, t.selector, t.user_id, c.name';
const unexpired = '(t.expiry is null or t.expiry > ?)';
const rowColumns =
  `t.id, t.selector, c.name, ${epochOf('t.created')} as created, ${epochOf('t.expiry')} as expiry, ` +
  `${epochOf('t.last_used_at')} as last_used_at, t.ip_address, t.user_agent`;

export function toTokenIdentity(row: Row, schema: Schema): TokenIdentity {
  return {
    id: row['id'] as string,
    selector: row['selector'] as string,
    userId: schema.fromUserKey(row['user_id']),
    clientName: row['name'] as string,
  };
}

function toTokenRow(row: Row): TokenRow {
  return {
    id: row['id'] as string,
    selector: row['selector'] as string,
    clientName: row['name'] as string,
    createdAt: toInstant(row['created']) as Date,
    expiresAt: toInstant(row['expiry']),
    lastUsedAt: toInstant(row['last_used_at']),
    ipAddress: row['ip_address'] as string | null,
    userAgent: row['user_agent'] as string | null,
  };
}

function whereOf(filter: TokenFilter): { condition: string; parameters: unknown[] } {
  const conditions: string[] = [];
  const parameters: unknown[] = [];
  if (filter.exceptId !== undefined) {
    conditions.push('and t.id <> ?');
    parameters.push(filter.exceptId);
  }
  if (filter.exceptClient !== undefined && filter.exceptClient !== null) {
    conditions.push('and c.name <> ?');
    parameters.push(filter.exceptClient);
  }
  return { condition: conditions.join(' '), parameters };
}
