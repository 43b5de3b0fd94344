import { randomUUID } from 'node:crypto';
import { DurinError } from '../errors.ts';
import { causeCodeOf, type Database } from './database.ts';
import { sqlState } from './failures.ts';
import { toParameter } from './rows/instants.ts';
import type { Row } from './rows/projection.ts';
import type { Schema } from './schema.ts';
import type { SessionSelect } from './session-select.ts';
import type { IssueRequest, IssueResult, OnConflict, TokenStore } from './token-store.ts';

/** How often one issue may lose against others of the same pair before it gives up. */
const maxAttempts = 10;

/**
 * Issues a token in one statement, however many do so at once for one pair: one row, one token, no violation.
 *
 * `old` locks the pair's row, so what it says of a row that is replaced is true. A row that another statement inserts
 * after this one began is not in `old`; such a row is never replaced (the last condition of `on conflict`). The statement
 * then issues nothing and is run again, now seeing the row.
 */
export function createIssue(database: Database, schema: Schema, session: SessionSelect): TokenStore['issue'] {
  const statementsOf = (userLock: string): Record<OnConflict, string> => ({
    keep: statementOf('keep', userLock, schema, session),
    renew: statementOf('renew', userLock, schema, session),
    replace: statementOf('replace', userLock, schema, session),
    refuse: statementOf('refuse', userLock, schema, session),
  });
  const statements = statementsOf('');
  const holdingStatements = statementsOf('for share');

  async function runUnlessGone(order: IssueRequest, id: string, now: number): Promise<Row | undefined> {
    try {
      const [row] = await database.run((order.lockUser ? holdingStatements : statements)[order.onConflict], [
        order.clientName,
        schema.toUserKey(order.userId),
        toParameter(now),
        id,
        order.selector,
        order.ttlSeconds !== undefined,
        order.ttlSeconds ?? null,
        order.ipAddress,
        order.userAgent,
      ]);
      return row;
    } catch (error) {
      if (causeCodeOf(error) === sqlState.foreignKeyViolation) return undefined; // deleted meanwhile: the next attempt tells which
      throw error;
    }
  }

  return async function issue(order, now) {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      const id = randomUUID();
      const row = await runUnlessGone(order, id, now);
      if (row === undefined) continue;
      if (row['user_found'] !== true) return { outcome: 'unknown-user' };
      if (row['client_found'] !== true) return { outcome: 'unknown-client' };
      if (row['issued_id'] !== null) return toResult(row, id, order, session);
      if (order.onConflict === 'refuse' && row['old_expired'] === false) return { outcome: 'exists' };
    }
    throw new DurinError('STORE_UNAVAILABLE', { cause: new Error(`no token was issued in ${maxAttempts} attempts`) });
  };
}

function toResult(row: Row, newId: string, order: IssueRequest, session: SessionSelect): IssueResult {
  const record = session.read(row);
  if (row['issued_id'] !== newId) {
    return { outcome: order.onConflict === 'renew' ? 'renewed' : 'kept', record, replaced: null };
  }
  if (row['old_id'] === null) return { outcome: 'issued', record, replaced: null };
  const old = { id: row['old_id'] as string, selector: row['old_selector'] as string };
  const pair = { userId: record.userId, clientName: record.client.name };
  return { outcome: 'issued', record, replaced: { ...old, ...pair, hadExpired: row['old_expired'] === true } };
}

function statementOf(onConflict: OnConflict, userLock: string, schema: Schema, session: SessionSelect): string {
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
      select input.*, (select true from ${users} u where u.${userKeyColumn} = input.user_id ${userLock}) as user_found
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
