import { MikroORM } from '@mikro-orm/postgresql';
import { newTokenId } from '../../../../src/database/tokens/token-id.ts';
import { replaceStatement } from '../../../support/version-0.1/statements.ts';
import { tablesOfVersion01 } from '../../../support/version-0.1/tables.ts';
import { openBenchApp } from '../../bench-app.ts';
import { entities } from '../../entities.ts';
import { concurrently, type Extent, sideBySide } from '../../measure.ts';
import { createDatabase } from '../../population.ts';
import { type Row, ratioRow } from '../../table.ts';

const users = 10_000;

/** Issuing a token where a user has one session, which replaces the token before, against the statement of 0.1 alone. */
export async function benchIssue(serverUrl: string, url: string, extent: Extent): Promise<Row[]> {
  const app = await openBenchApp(url);
  const { orm: old, issue } = await openVersion01(await createDatabase(serverUrl, 'version_0_1'));
  let issued = 0;
  const nextUser = () => 1 + (issued++ % users);
  const [ours, reference] = await sideBySide(
    {
      'trpc-durin': (count) =>
        concurrently(count, 1, () => app.durin.tokens.issue({ user: nextUser(), client: 'client 1' })),
      'the statement of 0.1': (count) => concurrently(count, 1, () => issue(nextUser())),
    },
    extent,
  );
  await Promise.all([app.close(), old.close()]);
  return [ratioRow('issuing a token, a client of one session', ours, reference, { atMost: 1.05 })];
}

/** A database as 0.1 created it, in which every user has a token, and the statement of 0.1 as it was sent. */
async function openVersion01(url: string) {
  const orm = await MikroORM.init({ clientUrl: url, entities, pool: { min: 0, max: 1 } });
  const execute = (sql: string, values: readonly unknown[] = []) => orm.em.getConnection().execute(sql, [...values]);
  await execute(tablesOfVersion01);
  await execute("insert into app_user (username) select 'user ' || u from generate_series(1, ?) u", [users]);
  await execute("insert into durin_client (name) values ('web')");
  await execute(`insert into durin_auth_token (id, selector, user_id, client_id, created, expiry)
    select gen_random_uuid(), md5(u::text), u, 1, now(), now() + interval '1 day' from generate_series(1, ${users}) u`);
  await execute('vacuum analyze');

  async function issue(userId: number): Promise<void> {
    const id = newTokenId('issued');
    const selector = id.replaceAll('-', '');
    await execute(replaceStatement, ['web', userId, new Date(), id, selector, false, null, null, null, null, null]);
  }
  return { orm, issue };
}
