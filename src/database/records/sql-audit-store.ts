import type { Database } from '../database.ts';
import { epochOf, toInstant } from '../rows/instants.ts';
import type { Row } from '../rows/row.ts';
import type { Schema } from '../schema.ts';
import type { AuditAction, AuditActor } from './audit-actions.ts';
import type { AuditRow, AuditStore } from './audit-store.ts';

const columns =
  `a.id::text as id, ${epochOf('a.at')} as at, a.action, a.reason, a.token_id, a.user_id, a.client, a.actor, ` +
  'a.actor_user_id, a.actor_token_id, a.ip_address, a.user_agent, a.details';

/**
 * The audit on PostgreSQL. For each filter there is an index that ends with the id.
 * @returns `null` if there is no audit
 */
export function createSqlAuditStore(database: Database, schema: Schema): AuditStore | null {
  const { audit, tokenMeta, toUserKey, fromUserKeyText } = schema;
  if (audit === null) return null;
  const userKeyType = tokenMeta.properties['user']?.columnTypes[0] ?? 'text';
  const toUserId = (text: unknown) => (typeof text === 'string' ? fromUserKeyText(text) : null);

  function toAuditRow(row: Row): AuditRow {
    return {
      id: String(row['id']),
      at: toInstant(row['at']) as Date,
      action: row['action'] as AuditAction,
      reason: row['reason'] as string | null,
      tokenId: row['token_id'] as string | null,
      userId: toUserId(row['user_id']),
      client: row['client'] as string | null,
      actor: row['actor'] as AuditActor,
      actorUserId: toUserId(row['actor_user_id']),
      actorTokenId: row['actor_token_id'] as string | null,
      ipAddress: row['ip_address'] as string | null,
      userAgent: row['user_agent'] as string | null,
      details: row['details'] as Readonly<Record<string, unknown>> | null,
    };
  }

  return {
    async list({ userId, client, tokenId, action, after, limit }) {
      const conditions: (readonly [sql: string, parameter: unknown])[] = [];
      if (userId !== undefined) conditions.push([`a.user_id = concat(?::${userKeyType})`, toUserKey(userId)]);
      if (client !== undefined) conditions.push(['a.client = ?', client]);
      if (tokenId !== undefined) conditions.push(['a.token_id = ?', tokenId]);
      if (action !== undefined) conditions.push(['a.action = ?', action]);
      if (after !== undefined) conditions.push(['a.id < ?', after]);
      const where = conditions.map(([sql]) => `and ${sql}`).join(' ');
      const rows = await database.run(
        `select ${columns} from ${audit} a where true ${where} order by a.id desc limit ?`,
        [...conditions.map(([, parameter]) => parameter), limit],
      );
      return rows.map(toAuditRow);
    },

    async deleteOlder(seconds, limit) {
      const deleted = await database.run(
        `delete from ${audit} where id in (select a.id from ${audit} a ` +
          'where a.at < clock_timestamp() - make_interval(secs => ?) order by a.at limit ?) returning id',
        [seconds, limit],
      );
      return deleted.length;
    },
  };
}
