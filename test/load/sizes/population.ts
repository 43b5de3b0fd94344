import type { MikroORM } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/postgresql';
import { plantedTokens } from '../../support/planting/planted-tokens.ts';
import { withoutIndexes } from '../../support/planting/without-indexes.ts';

/** Each user has a token for each of them. */
export const clientCount = 20;

/**
 * Plants users named `user1` and so on, and clients named `client 1` to `client 20`.
 *
 * - Tokens are issued over the last 45 days. Those of `client 1` never expire, of the others a fifth have expired.
 * - Tokens of `client 2` may go unused for 20 days, and some of them have.
 * - A fifth of all were never used. Those of every thousandth user have no row in the table of uses, as tokens of version 0.1.
 * - The audit has a row for each token, and two users of five have made calls through two clients on each of 30 days.
 */
export async function plant(orm: MikroORM, tokens: number): Promise<void> {
  const users = tokens / clientCount;
  const connection = (orm.em as SqlEntityManager).getConnection();
  await connection.execute('alter table durin_token_use set (fillfactor = 50)'); // as the guide to the upgrade advises
  await connection.execute(
    `insert into app_user (username, is_active, role) select 'user' || u, true, 'member' from generate_series(1, ?) u`,
    [users],
  );
  await connection.execute(
    `insert into durin_client (id, name, token_ttl, idle_ttl)
     select c, 'client ' || c, case when c > 1 then 36 * 86400 end, case when c = 2 then 20 * 86400 end
     from generate_series(1, ?) c`,
    [clientCount],
  );
  await withoutIndexes(orm, ['durin_auth_token', 'durin_token_use'], async (em) => {
    await em.execute('truncate durin_auth_token, durin_token_use'); // with `wal_level=minimal`, no WAL is then written
    await em.execute(plantedTokens(tokensOf), [users, clientCount]);
    await em.execute(
      'delete from durin_token_use where token_id in (select id from durin_auth_token where user_id % 1000 = 0)',
    );
  });
  await withoutIndexes(orm, ['durin_usage', 'durin_audit'], async (em) => {
    await em.execute('truncate durin_usage, durin_audit');
    await em.execute(usageOf, [users]);
    await em.execute(audit);
  });
  await connection.execute('vacuum analyze');
}

const tokensOf = `
  select md5(u || ':' || c), u, c, now() - age, case when c > 1 then now() - age + interval '36 days' end,
    case when (u + c) % 5 > 0 then now() - age * (u * 7919 % 1000 / 1000.0) end,
    '10.0.' || u % 250 || '.' || c, 'Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0'
  from generate_series(1, ?) u cross join generate_series(1, ?) c cross join lateral (
    select ((u * 31 + c) % 45) * interval '1 day' + (0.5 + 23 * ((u::bigint * 7919 + c * 31) % 9973 / 9973.0)) * interval '1 hour' as age
  ) issued`;

const usageOf = `
  insert into durin_usage (client, day, user_id, calls)
  select 'client ' || c, (now() at time zone 'UTC')::date - d, u::text, 1 + (u + d) % 100
  from generate_series(1, ?) u cross join generate_series(0, 29) d cross join generate_series(1, 2) c where (u + d) % 5 < 2`;

const audit = `
  insert into durin_audit (at, action, token_id, user_id, client, actor, details)
  select t.created, 'issued', t.id, t.user_id::text, 'client ' || t.client_id, 'server', jsonb_build_object('expiry', t.expiry)
  from durin_auth_token t order by t.created`;
