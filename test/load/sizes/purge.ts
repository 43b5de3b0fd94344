import { Client } from 'pg';
import { tokenOf } from '../../bench/population.ts';
import type { SizedApp } from './sized-app.ts';

/** The number of tokens that a purge deletes. A use in a token's last minute may not be stored yet. */
export async function expiredOf({ run, clock }: SizedApp): Promise<number> {
  const now = new Date(clock());
  const aMinuteAgo = new Date(clock() - 60_000);
  const [row] = await run(
    `select count(*)::int as expired from durin_auth_token t join durin_client c on c.id = t.client_id
     left join durin_token_use l on l.token_id = t.id
     where t.expiry <= ? or coalesce(l.last_used_at, t.created) + make_interval(secs => c.idle_ttl) <= ?`,
    [now, aMinuteAgo],
  );
  return Number(row?.['expired']);
}

/**
 * Purges, without an audit, while an old transaction is open, as that of a backup is, and while other tokens are looked up, renewed, revoked
 * and issued, one call after the other.
 */
export async function purgeBesideCalls(app: SizedApp) {
  const { durin, statements, orm, run } = app;
  await run('alter table durin_auth_token disable trigger user'); // the audit would take most of the time
  const users = (
    await run(
      "select user_id from durin_auth_token where client_id = 5 and expiry > now() + interval '1 day' limit 500",
    )
  ).map((row) => Number(row['user_id']));
  const backup = new Client({ connectionString: orm.config.get('clientUrl') });
  await backup.connect();
  await backup.query('begin isolation level repeatable read');
  await backup.query('select 1');
  const isPurging = new AbortController();
  const waits: unknown[] = [];
  let calls = 0;
  let slowestMs = 0;
  async function timed(call: () => Promise<unknown>): Promise<void> {
    const calledAt = performance.now();
    await call();
    slowestMs = Math.max(slowestMs, Math.round(performance.now() - calledAt));
    calls += 1;
  }
  async function callOn(): Promise<void> {
    while (!isPurging.signal.aborted) {
      const user = users[calls % users.length] ?? 0;
      await timed(async () => {
        const { id } = await durin.authenticate(tokenOf(user, 5));
        await durin.tokens.renew(id);
      });
      await timed(async () => {
        const { auth } = await durin.tokens.issue({ user, client: 'client 6' });
        await durin.tokens.revoke(auth.id);
      });
      const { rows } = await backup.query("select query from pg_stat_activity where wait_event_type = 'Lock'");
      waits.push(...rows);
    }
  }

  statements.length = 0;
  const startedAt = performance.now();
  const calling = callOn();
  const purged = await durin.tokens.purgeExpired();
  const ms = Math.round(performance.now() - startedAt);
  isPurging.abort();
  await calling;
  await backup.end();
  const searches = statements.filter(({ text }) => text.includes('order by t.expiry limit')).length;
  return { purged, ms, microseconds: Math.round((ms * 1000) / purged), searches, waits, calls, slowestMs };
}
