import type { ChangeContext } from '../../records/change-context.ts';
import type { Schema } from '../../schema.ts';
import type { OnConflict } from '../../token-store.ts';
import type { SessionSelect } from '../session-select.ts';
import { createExpiryConditions } from '../token-conditions.ts';
import { isIssued } from '../token-id.ts';
import { askingSession, issueInput } from './issue-input.ts';

/**
 * Builds the statement that issues a token if the client allows one session. Its parameters are those of `issueInput`, and
 * the present instant twice. If the client allows several, or the pair still has several, it changes nothing and returns
 * `has_slots`.
 *
 * It locks the user's row first and then the row of the session that creates the token. Every statement that ends all of a
 * user's tokens locks in the same order, so they cannot deadlock. It compares the values of the locked rows, even if it had
 * to wait for the locks.
 *
 * `old` locks the pair's existing row, so its values are still true when the row is replaced. A row that another statement
 * inserts after this one has started is not in `old`. It has the slot of the new row, so this statement then issues nothing.
 * @param credentialsDigest SQL for the digest of the credentials of a user `u`; `null`: they are not compared
 */
export function issueStatement(
  onConflict: OnConflict,
  schema: Schema,
  session: SessionSelect,
  credentialsDigest: string | null,
  { isAudited, columnOf }: ChangeContext,
): string {
  const { tokens, uses } = schema;
  const { unexpired, expired } = createExpiryConditions(schema);
  const hasValid = 'exists (select from old where not old.expired)';
  const isKept = `exists (select from old where not old.expired and not ${isIssued('old.id')})`;
  const { keeps, refusal } = {
    keep: { keeps: isKept, refusal: 'null' },
    renew: { keeps: isKept, refusal: 'null' },
    replace: { keeps: 'false', refusal: `case when owner.at_limit = 'refuse' and ${hasValid} then 'at-limit' end` },
    refuse: { keeps: 'false', refusal: `case when ${hasValid} then 'exists' end` },
  }[onConflict];

  return `
    with ${issueInput(schema, session, credentialsDigest, isAudited)},
    asking as (
      select t.id from ${askingSession(schema, unexpired)} for update of t
    ),
    old as (
      select t.id, t.selector, coalesce(${expired}, false) as expired
      from ${tokens} t join chosen c on c.id = t.client_id join owner on owner.user_id = t.user_id
      where t.slot = 0
      for update of t
    ),
    plan as (
      select owner.session_id is null or exists (select from asking) as session_found,
        chosen.max_sessions > 1 or exists (
          select from ${tokens} t where t.client_id = chosen.id and t.user_id = owner.user_id and t.slot > 0
        ) as has_slots, ${keeps} as keeps, ${refusal} as refusal
      from owner left join chosen on true
    ),
    permitted as (
      select chosen.*, plan.keeps${columnOf('owner.change')} from chosen cross join plan cross join owner
      where owner.has_credentials and plan.session_found and not plan.has_slots and plan.refusal is null
    ),
    ended as (
      delete from ${tokens} t using old cross join permitted where t.id = old.id and not permitted.keeps
      returning t.id
    ),
    extended as (
      update ${tokens} t set name = coalesce(owner.name, t.name),
        authenticated_at = coalesce(owner.authenticated_at, t.authenticated_at),
        expiry = ${onConflict === 'renew' ? 'least(permitted.expires_at, coalesce(t.max_expiry, t.created + make_interval(secs => permitted.max_lifetime)))' : 't.expiry'}
      from old cross join permitted cross join owner where t.id = old.id and permitted.keeps
      returning t.*
    ),
    issued as (
      insert into ${tokens} (id, selector, user_id, client_id, name, scopes, created, authenticated_at, expiry, max_expiry)
      select owner.id, owner.selector, owner.user_id, permitted.id, owner.name, owner.scopes, owner.now, owner.authenticated_at,
        least(permitted.expires_at, permitted.ends_at), permitted.ends_at
      from owner cross join permitted cross join (select count(*) from ended) as after_ending
      where not permitted.keeps
      on conflict (user_id, client_id, slot) do nothing
      returning *
    ),
    used as (
      insert into ${uses} (token_id, ip_address, user_agent)
      select owner.id, owner.ip_address, owner.user_agent from owner join issued on issued.id = owner.id
    )
    select owner.has_credentials, owner.is_active, plan.session_found, chosen.id is not null as client_found, plan.has_slots, plan.refusal,
      chosen.max_sessions, t.id as held_id, old.id as old_id, old.selector as old_selector, old.expired as old_expired, ${session.columns}
    from owner cross join plan left join chosen on true left join old on true left join (
      (select * from issued union all select * from extended) t ${session.joins}
    ) on true`;
}
