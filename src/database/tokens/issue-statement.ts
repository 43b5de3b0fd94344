import type { Schema } from '../schema.ts';
import type { OnConflict } from '../token-store.ts';
import type { SessionSelect } from './session-select.ts';
import { isIssued } from './token-id.ts';

/**
 * Builds the statement that issues a token. Its parameters are the columns of `input`, in that order.
 *
 * It locks the user's row first and then the row of the session that creates the token. Every statement that ends all of a
 * user's tokens locks in the same order, so they cannot deadlock. It compares the values of the locked rows, even if it had
 * to wait for the locks.
 *
 * `old` locks the pair's existing row, so its values are still true when the row is replaced. A row that another statement
 * inserts after this one has started is not in `old`, and the last condition of `on conflict` never replaces such a row.
 * The statement then issues nothing, and a second run sees the row.
 * @param credentialsDigest SQL for the digest of the credentials of a user `u`; `null`: they are not compared
 */
export function issueStatement(
  onConflict: OnConflict,
  schema: Schema,
  session: SessionSelect,
  credentialsDigest: string | null,
): string {
  const { tokens, clients, usersAsU, userKeyColumn } = schema;
  const userKeyType = schema.tokenMeta.properties['user']?.columnTypes[0] ?? 'text';
  const hasExpired = '(held.expiry is not null and held.expiry <= excluded.created)';
  const isReplaced = {
    keep: `(${hasExpired} or ${isIssued('held.id')})`,
    renew: `(${hasExpired} or ${isIssued('held.id')})`,
    replace: 'true',
    refuse: hasExpired,
  }[onConflict];
  const assignments = [
    ...['id', 'selector', 'created', 'last_used_at', 'ip_address', 'user_agent'].map(
      (column) => `${column} = case when ${isReplaced} then excluded.${column} else held.${column} end`,
    ),
    `expiry = case when ${onConflict === 'renew' ? 'true' : isReplaced} then excluded.expiry else held.expiry end`,
  ];
  const isAllowed = onConflict === 'refuse' ? hasExpired : 'true';
  const hasCredentials =
    credentialsDigest === null ? 'true' : `(input.credentials is null or input.credentials = ${credentialsDigest})`;

  return `
    with input (client_name, user_id, now, id, selector, has_own_ttl, own_ttl, ip_address, user_agent,
      session_id, credentials) as (
      values (?::text, ?::${userKeyType}, ?::timestamptz(3), ?::uuid, ?::text, ?::boolean, ?::integer, ?::text, ?::text,
        ?::uuid, ?::text)
    ),
    owner as (
      select input.*, (
        select ${hasCredentials} from ${usersAsU} where u.${userKeyColumn} = input.user_id${session.isUser} for share
      ) as has_credentials
      from input
    ),
    asking as (
      select t.id from ${tokens} t join owner on owner.session_id = t.id and owner.user_id = t.user_id
      where owner.has_credentials and (t.expiry is null or t.expiry > owner.now)
      for update of t
    ),
    permitted as (
      select owner.session_id is null or exists (select from asking) as session_found from owner
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
      from owner cross join permitted cross join chosen left join old on true
      where owner.has_credentials and permitted.session_found
      on conflict (user_id, client_id) do update set ${assignments.join(', ')}
      where ${isAllowed} and (not ${isReplaced} or held.id = (select id from old))
      returning held.*
    )
    select owner.has_credentials, permitted.session_found, chosen.id is not null as client_found, t.id as issued_id,
      old.id as old_id, old.selector as old_selector, old.expired as old_expired, ${session.columns}
    from owner cross join permitted left join chosen on true left join old on true left join (issued t ${session.joins}) on true`;
}
