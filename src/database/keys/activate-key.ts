import type { Database } from '../database.ts';
import { epochOf, toInstant, toParameter } from '../rows/instants.ts';
import type { Schema } from '../schema.ts';
import { identityColumns, toTokenIdentity } from '../tokens/token-columns.ts';
import { createExpiryConditions } from '../tokens/token-conditions.ts';
import type { KeyStore } from './key-store.ts';

/**
 * Creates the store's `activateKey`: one statement. It locks the user's row before the keys', in the order of every other
 * statement. Then it locks the new key: of the uses that come first at once, only one finds that the key still replaces
 * others. It locks those too, and so decides by what they are now.
 *
 * Of the keys that are replaced, one works on for the overlap: the last one that was in use. The others end, so that each line
 * of keys has one that works on at most. They are a key that works on already, and keys that were rolled before they were used.
 * Nothing extends the one that works on beyond the overlap, and its end is no news: it counts as warned of.
 */
export function createActivateKey(database: Database, schema: Schema): KeyStore['activateKey'] {
  const { tokens, clients, tokenMeta, usersAsU, userKeyColumn, toUserKey } = schema;
  const { unexpired } = createExpiryConditions(schema);
  const { isAudited, columnOf, parameters: changeOf } = database.changeContext;
  const userKeyType = tokenMeta.properties['user']?.columnTypes[0] ?? 'text';
  const statement = `
    with input (user_id, id, at${isAudited ? ', change' : ''}) as (
      values (?::${userKeyType}, ?::uuid, ?::timestamptz(3)${isAudited ? ', ?::text' : ''})
    ),
    owner as (
      select input.* from ${usersAsU} join input on input.user_id = u.${userKeyColumn} for no key update of u
    ),
    activated as (
      select t.id, t.line, owner.at as used_at, owner.at + make_interval(secs => t.overlap) as ends_at${columnOf('owner.change')}
      from ${tokens} t join owner on owner.user_id = t.user_id
      where t.id = owner.id and t.overlap is not null
      for update of t
    ),
    replaced as (
      select t.id, least(t.expiry, t.max_expiry) as expiry, t.overlap is null as was_in_use, array_position(activated.line, t.id) as position
      from activated join ${tokens} t on t.id = any(activated.line) join ${clients} c on c.id = t.client_id
      where ${unexpired}
      for update of t
    ),
    ranked as (
      select replaced.id, replaced.expiry, activated.ends_at, activated.ends_at > activated.used_at
        and row_number() over (order by was_in_use desc, position) = 1 as works_on
      from replaced cross join activated
    ),
    settled as (
      update ${tokens} t set replaces = null, overlap = null, line = (select array_agg(ranked.id) from ranked where works_on)
      from activated where t.id = activated.id
    ),
    ended as (
      delete from ${tokens} t using ranked, ${clients} c
      where t.id = ranked.id and c.id = t.client_id and not ranked.works_on
      returning ${identityColumns}, null::float8 as expiry
    ),
    shortened as (
      update ${tokens} t set expiry = least(t.expiry, ranked.ends_at), max_expiry = least(t.max_expiry, ranked.ends_at),
        warned_at = ranked.ends_at
      from ranked, ${clients} c where t.id = ranked.id and c.id = t.client_id and ranked.works_on
      returning ${identityColumns}, case when (ranked.expiry <= ranked.ends_at) is not true then ${epochOf('t.expiry')} end as expiry
    )
    select * from ended union all select * from shortened where expiry is not null`;

  return async function activateKey({ id, userId }, now) {
    const at = toParameter(now);
    const rows = await database.run(statement, [toUserKey(userId), id, at, ...changeOf({ reason: 'replaced' }), at]);
    return rows.map((row) => ({ ...toTokenIdentity(row, schema), expiresAt: toInstant(row['expiry']) }));
  };
}
