import type { Database } from '../database.ts';
import { epochOf, toInstant, toParameter } from '../rows/instants.ts';
import type { Schema } from '../schema.ts';
import { identityColumns, toTokenIdentity } from '../token-columns.ts';
import { createExpiryConditions } from '../tokens/token-conditions.ts';
import type { KeyStore } from './key-store.ts';

/**
 * Creates the store's `activateKey`: one statement. It locks the user's row before the keys', in the order of every other
 * statement. Then it locks the new key: of the uses that come first at once, only one finds that the key still replaces
 * another. `replaced` follows the line of keys that were rolled before they were used.
 */
export function createActivateKey(database: Database, schema: Schema): KeyStore['activateKey'] {
  const { tokens, clients, tokenMeta, usersAsU, userKeyColumn, toUserKey } = schema;
  const { unexpired } = createExpiryConditions(schema);
  const userKeyType = tokenMeta.properties['user']?.columnTypes[0] ?? 'text';
  const statement = `
    with recursive input (user_id, id, at) as (values (?::${userKeyType}, ?::uuid, ?::timestamptz(3))),
    owner as (
      select input.* from ${usersAsU} join input on input.user_id = u.${userKeyColumn} for share of u
    ),
    activated as (
      select t.id, t.replaces, owner.at as used_at, owner.at + make_interval(secs => t.overlap) as ends_at
      from ${tokens} t join owner on owner.user_id = t.user_id
      where t.id = owner.id and t.replaces is not null
      for update of t
    ),
    replaced (id, replaces) as (
      select t.id, t.replaces from activated join ${tokens} t on t.id = activated.replaces
      union
      select t.id, t.replaces from replaced join ${tokens} t on t.id = replaced.replaces
    ),
    settled as (
      update ${tokens} t set replaces = null, overlap = null from activated where t.id = activated.id
    ),
    ended as (
      delete from ${tokens} t using replaced, activated, ${clients} c
      where t.id = replaced.id and c.id = t.client_id and activated.ends_at <= activated.used_at and ${unexpired}
      returning ${identityColumns}, null::float8 as expiry
    ),
    shortened as (
      update ${tokens} t set expiry = activated.ends_at from replaced, activated, ${clients} c
      where t.id = replaced.id and c.id = t.client_id and activated.ends_at > activated.used_at
        and (t.expiry is null or t.expiry > activated.ends_at) and ${unexpired}
      returning ${identityColumns}, ${epochOf('t.expiry')} as expiry
    )
    select * from ended union all select * from shortened`;

  return async function activateKey({ id, userId }, now) {
    const at = toParameter(now);
    const rows = await database.run(statement, [toUserKey(userId), id, at, at, at]);
    return rows.map((row) => ({ ...toTokenIdentity(row, schema), expiresAt: toInstant(row['expiry']) }));
  };
}
