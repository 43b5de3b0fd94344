import type { Database } from '../database.ts';
import type { Schema } from '../schema.ts';
import type { TokenStore } from '../token-store.ts';

/** Creates the store's `recordUses`: one statement for any number of uses. */
export function createRecordUses(database: Database, { tokens }: Schema): TokenStore['recordUses'] {
  return async function recordUses(uses, intervalMs) {
    if (uses.length === 0) return;
    const values = uses.map(() => '(?::uuid, ?::timestamptz, ?::text, ?::text)').join(', ');
    const parameters = uses.flatMap((use) => [use.id, use.usedAt.toISOString(), use.ipAddress, use.userAgent]);
    await database.run(
      `with used (id, used_at, ip_address, user_agent) as (values ${values}), ` +
        `free as (select t.id from ${tokens} t join used on used.id = t.id where t.last_used_at is null ` +
        `or t.last_used_at <= used.used_at - make_interval(secs => ?) for update of t skip locked) ` +
        `update ${tokens} t set last_used_at = used.used_at, ip_address = coalesce(used.ip_address, t.ip_address), ` +
        'user_agent = coalesce(used.user_agent, t.user_agent) ' +
        'from used join free on free.id = used.id where t.id = used.id returning t.id',
      [...parameters, intervalMs / 1000],
    );
  };
}
