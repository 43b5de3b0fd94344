import type { Schema } from '../schema.ts';
import type { OnConflict } from '../token-store.ts';
import type { SessionSelect } from './session-select.ts';

/**
 * Builds the statement that issues a token. Its parameters are the columns of `input`, in that order.
 *
 * `old` locks the pair's existing row, so its values are still true when the row is replaced. A row that another statement
 * inserts after this one has started is not in `old`, and the last condition of `on conflict` never replaces such a row.
 * The statement then issues nothing, and a second run sees the row.
 * @param userLock the locking clause for the user's row, such as `for share`, or nothing
 */
export function issueStatement(
  onConflict: OnConflict,
  userLock: '' | 'for share',
  schema: Schema,
  session: SessionSelect,
): string {
  const { tokens, clients, users, userKeyColumn } = schema;
  const userKeyType = schema.tokenMeta.properties['user']?.columnTypes[0] ?? 'text';
  const hasExpired = '(held.expiry is not null and held.expiry <= excluded.created)';
  const isReplaced = onConflict === 'replace' ? 'true' : hasExpired;
  const assignments = [
    ...['id', 'selector', 'created', 'last_used_at', 'ip_address', 'user_agent'].map(
      (column) => `${column} = case when ${isReplaced} then excluded.${column} else held.${column} end`,
    ),
    `expiry = case when ${onConflict === 'renew' ? 'true' : isReplaced} then excluded.expiry else held.expiry end`,
  ];
  const isAllowed = onConflict === 'refuse' ? hasExpired : 'true';

  return `
    with input (client_name, user_id, now, id, selector, has_own_ttl, own_ttl, ip_address, user_agent) as (
      values (?::text, ?::${userKeyType}, ?::timestamptz(3), ?::uuid, ?::text, ?::boolean, ?::integer, ?::text, ?::text)
    ),
    owner as (
      select input.*, (select true from ${users} u where u.${userKeyColumn} = input.user_id${session.isUser} ${userLock}) as user_found
      from input
    ),
    chosen as (
      select c.id, case when owner.has_own_ttl then owner.own_ttl else c.token_ttl end as ttl
      from ${clients} c join owner on c.name = owner.client_name
    ),
    old as (
      select t.id, t.selector, (t.expiry is not null and t.expiry <= input.now) as expired
      from ${tokens} t join chosen on chosen.id = t.client_id join input on input.user_id = t.user_id
      for update of t
    ),
    issued as (
      insert into ${tokens} as held (id, selector, user_id, client_id, created, expiry, ip_address, user_agent)
      select owner.id, owner.selector, owner.user_id, chosen.id, owner.now,
        owner.now + make_interval(secs => chosen.ttl), owner.ip_address, owner.user_agent
      from owner cross join chosen left join old on true
      where owner.user_found
      on conflict (user_id, client_id) do update set ${assignments.join(', ')}
      where ${isAllowed} and (not ${isReplaced} or held.id = (select id from old))
      returning held.*
    )
    select owner.user_found, chosen.id is not null as client_found, t.id as issued_id,
      old.id as old_id, old.selector as old_selector, old.expired as old_expired, ${session.columns}
    from owner left join chosen on true left join old on true left join (issued t ${session.joins}) on true`;
}
