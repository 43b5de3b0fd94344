import type { Database } from '../database.ts';
import { toParameter } from '../rows/instants.ts';
import type { Schema } from '../schema.ts';
import type { TokenStore, TokenUse } from '../token-store.ts';
import { createExpiryConditions } from './token-conditions.ts';

/**
 * Creates the writes of last uses. `recordUses` is one statement for any number of them. It locks the tokens before it
 * writes, so that a token that is being deleted is skipped, and not waited for.
 */
export function createRecordUses(database: Database, schema: Schema): Pick<TokenStore, 'recordUses' | 'keepAlive'> {
  const { tokens, clients, uses } = schema;
  const { unexpired } = createExpiryConditions(schema);

  async function keepAlive({ id }: Pick<TokenUse, 'id'>, now: number): Promise<void> {
    const at = toParameter(now);
    await database.run(
      `insert into ${uses} as l (token_id, last_used_at, last_used_on) ` +
        "select t.id, used.at, (used.at at time zone 'UTC')::date " +
        `from (values (?::timestamptz)) as used (at), ${tokens} t join ${clients} c on c.id = t.client_id ` +
        `where t.id = ? and ${unexpired} for key share of t ` +
        'on conflict (token_id) do update set last_used_at = greatest(l.last_used_at, excluded.last_used_at), ' +
        'last_used_on = greatest(l.last_used_on, excluded.last_used_on)',
      [at, id, at],
    );
  }

  async function recordUses(all: readonly TokenUse[], intervalMs: number): Promise<void> {
    if (all.length === 0) return;
    const values = all.map(() => '(?::uuid, ?::timestamptz, ?::text, ?::text)').join(', ');
    const parameters = all.flatMap((use) => [use.id, use.usedAt.toISOString(), use.ipAddress, use.userAgent]);
    await database.run(
      `with used (id, used_at, ip_address, user_agent) as (values ${values}), ` +
        `free as (select used.* from ${tokens} t join used on used.id = t.id for key share of t skip locked) ` +
        `insert into ${uses} as l (token_id, last_used_at, last_used_on, ip_address, user_agent) ` +
        "select id, used_at, (used_at at time zone 'UTC')::date, ip_address, user_agent from free order by id " +
        'on conflict (token_id) do update set last_used_at = excluded.last_used_at, ' +
        'last_used_on = excluded.last_used_on, ip_address = coalesce(excluded.ip_address, l.ip_address), ' +
        'user_agent = coalesce(excluded.user_agent, l.user_agent) ' +
        'where l.last_used_at is null or l.last_used_at <= excluded.last_used_at - make_interval(secs => ?)',
      [...parameters, intervalMs / 1000],
    );
  }

  return { recordUses, keepAlive };
}
