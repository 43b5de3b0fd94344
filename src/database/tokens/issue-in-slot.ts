import type { Database } from '../database.ts';
import { toParameter } from '../rows/instants.ts';
import type { Row } from '../rows/row.ts';
import type { Schema } from '../schema.ts';
import type { EndedToken, IssueRequest, IssueResult } from '../token-store.ts';
import { chooseSlot, type HeldToken, type SlotChoice, type SlotRules } from './choose-slot.ts';
import { askingSession, issueInput, issueParameters } from './issue-input.ts';
import type { LockUser } from './lock-user.ts';
import type { SessionSelect } from './session-select.ts';
import { createExpiryConditions } from './token-conditions.ts';
import { isIssued } from './token-id.ts';

/**
 * Issues a token in one of several slots. `null`: the client was deleted meanwhile, or the token that was to be kept, or the slot
 * was taken although the user is locked, by a statement of version 0.1.
 */
export type IssueInSlot = (request: IssueRequest, id: string, now: number) => Promise<IssueResult | null>;

interface ReadToken extends HeldToken {
  readonly selector: string;
}

/** What is read under the lock, before the slot is chosen. */
interface Found {
  readonly refusal: IssueResult | null;
  readonly held: readonly ReadToken[];
  readonly rules: SlotRules;
}

/**
 * Creates the issue for clients that allow several sessions: a transaction that locks the user, reads the tokens that the
 * user holds, and writes what `chooseSlot` decides. One statement could not do it: while it waits for the lock, others
 * store tokens that it does not see.
 */
export function createIssueInSlot(
  database: Database,
  schema: Schema,
  session: SessionSelect,
  lockUser: LockUser,
  credentialsDigest: string | null,
): IssueInSlot {
  const { tokens, clients, uses } = schema;
  const { unexpired } = createExpiryConditions(schema);
  const input = issueInput(schema, session, credentialsDigest);
  const usedAt = `(select l.last_used_at from ${uses} l where l.token_id = t.id)`;
  const findHeld = `
    with ${input},
    asking as (select t.id from ${askingSession(schema, unexpired)} for update of t),
    held as (
      select t.id, t.slot, t.selector, ${unexpired} as "isValid", ${isIssued('t.id')} as "isIssued",
        date_part('epoch', coalesce(${usedAt}, t.created)) as "usedAt"
      from ${tokens} t join chosen on chosen.id = t.client_id join ${clients} c on c.id = chosen.id
        join owner on owner.user_id = t.user_id
      order by t.slot
      for update of t
    )
    select owner.has_credentials, owner.session_id is null or exists (select from asking) as session_found,
      chosen.max_sessions, chosen.at_limit, owner.at_limit is not null as is_limit_given,
      coalesce((select json_agg(held) from held), '[]') as held
    from owner left join chosen on true`;
  const write = `
    with ${input},
    target (slot, kept, ended, is_extended) as (values (?::smallint, ?::uuid, ?::uuid[], ?::boolean)),
    ended as (delete from ${tokens} t using target where t.id = any(target.ended) returning t.id),
    extended as (
      update ${tokens} t set name = coalesce(owner.name, t.name), authenticated_at = coalesce(owner.authenticated_at, t.authenticated_at),
        expiry = case when target.is_extended then least(chosen.expires_at,
          coalesce(t.max_expiry, t.created + make_interval(secs => chosen.max_lifetime))) else t.expiry end
      from target cross join owner cross join chosen where t.id = target.kept
      returning t.*
    ),
    issued as (
      insert into ${tokens} (id, selector, user_id, client_id, slot, name, scopes, created, authenticated_at, expiry, max_expiry)
      select owner.id, owner.selector, owner.user_id, chosen.id, target.slot, owner.name, owner.scopes, owner.now,
        owner.authenticated_at, least(chosen.expires_at, chosen.ends_at), chosen.ends_at
      from target cross join owner cross join chosen cross join (select count(*) from ended) as after_ending
      where target.slot is not null
      on conflict (user_id, client_id, slot) do nothing
      returning *
    ),
    used as (
      insert into ${uses} (token_id, ip_address, user_agent)
      select owner.id, owner.ip_address, owner.user_agent from owner join issued on issued.id = owner.id
    )
    select t.id as held_id, (select json_agg(ended.id) from ended) as ended_ids, ${session.columns}
    from owner left join (
      (select * from issued union all select * from extended) t ${session.joins}
    ) on true`;

  async function find(request: IssueRequest, id: string, now: number): Promise<Found> {
    const at = toParameter(now);
    const [row] = await database.run(findHeld, [...issueParameters(request, id, now, schema), at, at]);
    return {
      refusal: refusalIn(row),
      held: (row?.['held'] ?? []) as ReadToken[],
      rules: {
        onConflict: request.onConflict,
        maxSessions: Number(row?.['max_sessions']),
        atLimit: row?.['at_limit'] === 'refuse' ? 'refuse' : 'end-oldest',
        isLimitGiven: row?.['is_limit_given'] === true,
      },
    };
  }

  return (request, id, now) =>
    lockUser(request.userId, async () => {
      const { refusal, held, rules } = await find(request, id, now);
      if (refusal !== null) return refusal;
      const choice = chooseSlot(held, rules);
      if (choice.choice === 'exists') return { outcome: 'exists' };
      const [row] = await database.run(write, [
        ...issueParameters(request, id, now, schema),
        ...targetOf(choice),
        request.onConflict === 'renew',
      ]);
      const endedIds = new Set((row?.['ended_ids'] ?? []) as readonly string[]);
      const ended = held.filter((token) => endedIds.has(token.id)).map((token) => toEnded(token, request));
      switch (choice.choice) {
        case 'at-limit':
          return { outcome: 'at-limit', ended, reason: 'evicted' };
        case 'keep':
        case 'issue': {
          if (row === undefined || row['held_id'] === null) return null;
          const outcome = outcomeOf(choice, request);
          const reason = outcome === 'issued' && rules.maxSessions === 1 ? 'replaced' : 'evicted';
          return { outcome, record: session.read(row), ended, reason };
        }
      }
    });
}

/** Why nothing is issued; `null`: something may be. */
function refusalIn(row: Row | undefined): IssueResult | null {
  if (row === undefined || row['has_credentials'] === null) return { outcome: 'unknown-user' };
  if (row['has_credentials'] === false) return { outcome: 'credentials-changed' };
  if (row['session_found'] === false) return { outcome: 'session-ended' };
  return row['max_sessions'] === null ? { outcome: 'unknown-client' } : null;
}

function outcomeOf({ choice }: SlotChoice, { onConflict }: IssueRequest): 'issued' | 'renewed' | 'kept' {
  if (choice === 'issue') return 'issued';
  return onConflict === 'renew' ? 'renewed' : 'kept';
}

/** The parameters of `target`: slot, kept, ended. */
function targetOf(choice: Exclude<SlotChoice, { choice: 'exists' }>): unknown[] {
  const slot = choice.choice === 'issue' ? choice.slot : null;
  const kept = choice.choice === 'keep' ? choice.kept : null;
  return [slot, kept, `{${choice.ended.join(',')}}`];
}

function toEnded({ id, selector, isValid }: ReadToken, { userId, clientName }: IssueRequest): EndedToken {
  return { id, selector, userId, clientName, hadExpired: !isValid };
}
