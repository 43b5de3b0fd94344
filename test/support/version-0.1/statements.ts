/** The statements of 0.1 on `durin_auth_token`, as it sent them for the tables of `tables.ts`. */

/** Its parameters: client, user, now, id, selector, has own ttl, own ttl, address, user agent, session, credentials. */
const issue = (isReplaced: string) => `
  with input (client_name, user_id, now, id, selector, has_own_ttl, own_ttl, ip_address, user_agent,
    session_id, credentials) as (
    values (?::text, ?::int, ?::timestamptz(3), ?::uuid, ?::text, ?::boolean, ?::integer, ?::text, ?::text,
      ?::uuid, ?::text)
  ),
  owner as (
    select input.*, (
      select true from "app_user" u where u."id" = input.user_id for share
    ) as has_credentials
    from input
  ),
  asking as (
    select t.id from "durin_auth_token" t join owner on owner.session_id = t.id and owner.user_id = t.user_id
    where owner.has_credentials and (t.expiry is null or t.expiry > owner.now)
    for update of t
  ),
  permitted as (
    select owner.session_id is null or exists (select from asking) as session_found from owner
  ),
  chosen as (
    select c.id, case when owner.has_own_ttl then owner.own_ttl else c.token_ttl end as ttl
    from "durin_client" c join owner on c.name = owner.client_name
  ),
  old as (
    select t.id, t.selector, (t.expiry is not null and t.expiry <= input.now) as expired
    from "durin_auth_token" t join chosen on chosen.id = t.client_id join input on input.user_id = t.user_id
    for update of t
  ),
  issued as (
    insert into "durin_auth_token" as held (id, selector, user_id, client_id, created, expiry, ip_address, user_agent)
    select owner.id, owner.selector, owner.user_id, chosen.id, owner.now,
      owner.now + make_interval(secs => chosen.ttl), owner.ip_address, owner.user_agent
    from owner cross join permitted cross join chosen left join old on true
    where owner.has_credentials and permitted.session_found
    on conflict (user_id, client_id) do update set
      id = case when ${isReplaced} then excluded.id else held.id end,
      selector = case when ${isReplaced} then excluded.selector else held.selector end,
      created = case when ${isReplaced} then excluded.created else held.created end,
      last_used_at = case when ${isReplaced} then excluded.last_used_at else held.last_used_at end,
      ip_address = case when ${isReplaced} then excluded.ip_address else held.ip_address end,
      user_agent = case when ${isReplaced} then excluded.user_agent else held.user_agent end,
      expiry = case when ${isReplaced} then excluded.expiry else held.expiry end
    where true and (not ${isReplaced} or held.id = (select id from old))
    returning held.*
  )
  select owner.has_credentials, permitted.session_found, chosen.id is not null as client_found, t.id as issued_id,
    old.id as old_id, old.selector as old_selector, old.expired as old_expired, t.expiry, c.name
  from owner cross join permitted left join chosen on true left join old on true
    left join (issued t join "durin_client" c on c.id = t.client_id join "app_user" u on u."id" = t.user_id) on true`;

/** A login, which keeps a valid token that is one of a login. */
export const keepStatement = issue(
  "((held.expiry is not null and held.expiry <= excluded.created) or substr(held.id::text, 15, 1) = '8')",
);

/** A login with `rotateTokenOnLogin`. */
export const replaceStatement = issue('true');

/** Its parameter: the selector. */
export const lookUpStatement = `
  select t.id, t.selector, u."id" as user_id, t.created, t.expiry, t.last_used_at, c.id as client_id, c.name, c.token_ttl,
    c.throttle_rate, u."is_active"
  from "durin_auth_token" t join "durin_client" c on c.id = t.client_id join "app_user" u on u."id" = t.user_id
  where t.selector = ?`;

/** Its parameters: id, now, address and user agent of each use, and the seconds between two recorded ones. */
export const recordUsesStatement = (table: string, uses: number) => `
  with used (id, used_at, ip_address, user_agent) as (
    values ${Array.from({ length: uses }, () => '(?::uuid, ?::timestamptz, ?::text, ?::text)').join(', ')}
  ),
  free as (
    select t.id from ${table} t join used on used.id = t.id where t.last_used_at is null
      or t.last_used_at <= used.used_at - make_interval(secs => ?) for update of t skip locked
  )
  update ${table} t set last_used_at = used.used_at, ip_address = coalesce(used.ip_address, t.ip_address),
    user_agent = coalesce(used.user_agent, t.user_agent)
  from used join free on free.id = used.id where t.id = used.id returning t.id`;

export const recordUseStatement = recordUsesStatement('"durin_auth_token"', 1);
