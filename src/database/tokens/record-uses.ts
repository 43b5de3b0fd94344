import type { Database } from '../database.ts';
import { toParameter } from '../rows/instants.ts';
import type { Schema } from '../schema.ts';
import type { TokenStore, TokenUse } from '../token-store.ts';
import { createExpiryConditions } from './token-conditions.ts';

/**
 * Creates the writes of last uses. `recordUses` is one statement for any number of them. It waits for no other transaction: a
 * row that another one has locked, because it records a use or deletes the token, is skipped. It locks tokens only to
 * add rows that are missing, because a lock on a token writes to its page. It finds each row once by its key, and then by its
 * place in the table: another one that has changed it meanwhile has recorded a use, which may be older. It returns what it
 * skipped for another transaction, so that the next use of these tokens is recorded.
 */
export function createRecordUses(database: Database, schema: Schema): Pick<TokenStore, 'recordUses' | 'keepAlive'> {
  const { tokens, clients, uses } = schema;
  const { unexpired } = createExpiryConditions(schema);

  async function keepAlive({ id }: Pick<TokenUse, 'id'>, now: number): Promise<void> {
    const at = toParameter(now);
    await database.run(
      `insert into ${uses} as l (token_id, last_used_at, last_used_on) ` +
        `select t.id, used.at, ${dayOf('used.at')} ` +
        `from (values (?::timestamptz)) as used (at), ${tokens} t join ${clients} c on c.id = t.client_id ` +
        `where t.id = ? and ${unexpired} for key share of t ` +
        'on conflict (token_id) do update set last_used_at = greatest(l.last_used_at, excluded.last_used_at), ' +
        'last_used_on = greatest(l.last_used_on, excluded.last_used_on)',
      [at, id, at],
    );
  }

  const writeUses = database.prepare(`with used as (
      select * from json_to_recordset(?::json)
        as used (id uuid, "usedAt" timestamptz, "ipAddress" text, "userAgent" text)
    ),
    known as materialized (
      select used.*, l.ctid as place, l.token_id is null as is_missing,
        l.last_used_at is null or l.last_used_at <= used."usedAt" - make_interval(secs => ?) as is_due
      from used left join ${uses} l on l.token_id = used.id
    ),
    free as (
      select l.ctid as place, known."usedAt", known."ipAddress", known."userAgent"
      from known join ${uses} l on l.ctid = known.place
      where known.is_due
      for no key update of l skip locked
    ),
    updated as (
      update ${uses} l set last_used_at = free."usedAt", last_used_on = ${dayOf('free."usedAt"')},
        ip_address = coalesce(free."ipAddress", l.ip_address), user_agent = coalesce(free."userAgent", l.user_agent)
      from free where l.ctid = free.place
      returning l.token_id
    ),
    missing as (
      select known.* from known join ${tokens} t on t.id = known.id
      where known.is_missing
      for key share of t skip locked
    ),
    inserted as (
      insert into ${uses} (token_id, last_used_at, last_used_on, ip_address, user_agent)
      select id, "usedAt", ${dayOf('"usedAt"')}, "ipAddress", "userAgent" from missing order by id
      on conflict (token_id) do nothing
      returning token_id
    )
    select id from known
    where is_due and id not in (select token_id from updated union all select token_id from inserted)`);

  async function recordUses(all: readonly TokenUse[], intervalMs: number): Promise<string[]> {
    if (all.length === 0) return [];
    const values = all.map(({ id, usedAt, ipAddress, userAgent }) => ({ id, usedAt, ipAddress, userAgent }));
    const skipped = await writeUses([JSON.stringify(values), intervalMs / 1000]);
    return skipped.map((row) => String(row['id']));
  }

  return { recordUses, keepAlive };
}

/** SQL for the day of an instant, in UTC. */
function dayOf(instant: string): string {
  return `(${instant} at time zone 'UTC')::date`;
}
