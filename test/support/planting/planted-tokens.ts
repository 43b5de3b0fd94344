/**
 * SQL that inserts many tokens and their last uses.
 * @param select selects the selector, user, client, creation, expiry, last use, address and user agent of each
 */
export function plantedTokens(select: string): string {
  return `
    with planted (selector, user_id, client_id, created, expiry, last_used_at, ip_address, user_agent) as (${select}),
    identified as materialized (select gen_random_uuid() as id, planted.* from planted),
    tokens as (
      insert into durin_auth_token (id, selector, user_id, client_id, created, expiry)
      select id, selector, user_id, client_id, created, expiry from identified
    )
    insert into durin_token_use (token_id, last_used_at, last_used_on, ip_address, user_agent)
    select id, last_used_at, (last_used_at at time zone 'UTC')::date, ip_address, user_agent from identified`;
}
