import { heldReplacement } from '../../keys/held-replacement.ts';
import type { ChangeContext } from '../../records/change-context.ts';
import type { Schema } from '../../schema.ts';
import type { SessionSelect } from '../session-select.ts';
import { createExpiryConditions } from '../token-conditions.ts';
import { isIssued } from '../token-id.ts';
import { askingSession, issueInput } from './issue-input.ts';

/** The statements that issue a token in one of several slots. The parameters of each start with those of `issueInput`. */
export interface SlotStatements {
  /** Reads the tokens that the user holds for the client. Has the present instant twice more. */
  readonly read: string;
  /** Likewise, and locks the user, the asking session and the tokens until the transaction ends. */
  readonly readLocked: string;
  /**
   * Ends some of the tokens that were read, and keeps one or stores a new one. Changes nothing if one of those that were
   * read is gone and others were to end, if the client has another limit than was read, or if the asking session or the user's
   * credentials are no longer valid. Has the present instant once more, and then the parameters of `target`.
   */
  readonly write: string;
}

/** @param credentialsDigest SQL for the digest of the credentials of a user `u`; `null`: they are not compared */
export function slotStatements(
  schema: Schema,
  session: SessionSelect,
  credentialsDigest: string | null,
  { isAudited, columnOf }: ChangeContext,
): SlotStatements {
  const { tokens, clients, uses } = schema;
  const { unexpired } = createExpiryConditions(schema);
  const usedAt = `(select l.last_used_at from ${uses} l where l.token_id = t.id)`;
  const ofPair = `from ${tokens} t join chosen on chosen.id = t.client_id join owner on owner.user_id = t.user_id`;

  const read = (isLocked: boolean) => `
    with ${issueInput(schema, session, credentialsDigest, false, isLocked ? 'for no key update' : '')},
    asking as (select t.id from ${askingSession(schema, unexpired)} ${isLocked ? 'for update of t' : ''}),
    held as (
      select t.id, t.slot, t.selector, ${unexpired} as "isValid", ${isIssued('t.id')} as "isIssued",
        date_part('epoch', coalesce(${usedAt}, t.created)) as "usedAt", t.name, t.scopes, ${heldReplacement},
        date_part('epoch', t.expiry) as "expiresAt", date_part('epoch', t.max_expiry - t.created) as lifetime
      ${ofPair} join ${clients} c on c.id = chosen.id
      order by t.slot
      ${isLocked ? 'for update of t' : ''}
    )
    select owner.has_credentials, owner.session_id is null or exists (select from asking) as session_found,
      chosen.max_sessions, chosen.at_limit, owner.at_limit is not null as is_limit_given,
      coalesce((select json_agg(held) from held), '[]') as held
    from owner left join chosen on true`;

  const write = `
    with ${issueInput(schema, session, credentialsDigest, isAudited)},
    asking as (select t.id from ${askingSession(schema, unexpired)} for update of t),
    target (slot, kept, ended, held, max_sessions, is_extended) as (
      values (?::smallint, ?::uuid, ?::uuid[], ?::uuid[], ?::integer, ?::boolean)
    ),
    found as (
      select t.id ${ofPair} cross join target where cardinality(target.ended) > 0
      for update of t
    ),
    permitted as (
      select target.slot${columnOf('owner.change')} from target cross join owner cross join chosen
      where owner.has_credentials and (owner.session_id is null or exists (select from asking))
        and (target.max_sessions is null or target.max_sessions = chosen.max_sessions) and (
        cardinality(target.ended) = 0
        or cardinality(target.held) = (select count(*) from found where found.id = any(target.held))
      )
    ),
    ended as (
      delete from ${tokens} t using target cross join permitted where t.id = any(target.ended) returning t.id
    ),
    extended as (
      update ${tokens} t set name = coalesce(owner.name, t.name), authenticated_at = coalesce(owner.authenticated_at, t.authenticated_at),
        expiry = case when target.is_extended then least(chosen.expires_at,
          coalesce(t.max_expiry, t.created + make_interval(secs => chosen.max_lifetime))) else t.expiry end
      from target cross join permitted cross join owner cross join chosen where t.id = target.kept
      returning t.*
    ),
    issued as (
      insert into ${tokens} (id, selector, user_id, client_id, slot, name, scopes, created, authenticated_at, expiry, max_expiry,
        replaces, line, overlap)
      select owner.id, owner.selector, owner.user_id, chosen.id, target.slot, owner.name, owner.scopes, owner.now,
        owner.authenticated_at, least(chosen.expires_at, chosen.ends_at), chosen.ends_at,
        owner.replaces, case when owner.replaces is not null then
          owner.replaces || (select t.line from ${tokens} t where t.id = owner.replaces) end, owner.overlap
      from target cross join permitted cross join owner cross join chosen cross join (select count(*) from ended) as after_ending
      where target.slot is not null
      on conflict (user_id, client_id, slot) do nothing
      returning *
    ),
    used as (
      insert into ${uses} (token_id, ip_address, user_agent)
      select owner.id, owner.ip_address, owner.user_agent from owner join issued on issued.id = owner.id
    )
    select t.id as held_id, owner.is_active, (select json_agg(ended.id) from ended) as ended_ids, ${session.columns}
    from owner left join (
      (select * from issued union all select * from extended) t ${session.joins}
    ) on true`;

  return { read: read(false), readLocked: read(true), write };
}
