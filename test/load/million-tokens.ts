import type { Quickstart } from '../support/browser/quickstart-server.ts';
import { plantedTokens } from '../support/planting/planted-tokens.ts';
import { withoutIndexes } from '../support/planting/without-indexes.ts';

/** `TOKENS=5000000 npm run test:load` plants as many. */
export const tokenCount = Number(process.env['TOKENS'] ?? 1_000_000);
export const userCount = tokenCount / 20;

/** Clients that nobody signs in to by hand, besides the four of the quickstart. */
const partnerCount = 16;

/**
 * Users `user1` to `user50000` or as many as there are, each with a token for each of twenty clients, issued over the last 45 days: of those for
 * `cli` none expires, of the others a third have. A fifth of all were never used. Nothing expires within half an hour of now.
 */
export async function plantMillion({ orm, auth }: Quickstart): Promise<void> {
  await auth.clients.update('web', { idleTtl: null }); // what has expired is then told by one column
  for (let number = 1; number <= partnerCount; number += 1) {
    await auth.clients.create({ name: `partner-${String(number).padStart(2, '0')}`, tokenTtl: '30d' });
  }
  const connection = orm.em.getConnection();
  await connection.execute(
    `insert into quickstart_user (username, password_hash, is_active, is_admin)
     select 'user' || i, 'no hash', true, false from generate_series(1, ?) i`,
    [userCount],
  );
  await withoutIndexes(orm, ['durin_auth_token', 'durin_token_use'], async (em) => {
    await em.execute(
      plantedTokens(`
       select md5(u.id || ':' || c.id), u.id, c.id, now() - age,
         case when c.name <> 'cli' then now() - age + interval '30 days' end,
         case when (u.id + c.id) % 5 > 0 then now() - age * (u.id * 7919 % 1000 / 1000.0) end,
         '10.0.' || u.id % 250 || '.' || c.id,
         'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0'
       from quickstart_user u cross join durin_client c cross join lateral (
         select ((u.id * 31 + c.id) % 45) * interval '1 day' + (0.5 + 23 * ((u.id * 7919 + c.id * 31) % 9973 / 9973.0)) * interval '1 hour' as age
       ) issued
       where u.username like 'user%'`),
    );
  });
  await connection.execute('vacuum analyze');
}
