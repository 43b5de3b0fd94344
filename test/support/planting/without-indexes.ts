import type { MikroORM } from '@mikro-orm/core';
import type { SqlEntityManager } from '@mikro-orm/postgresql';

/**
 * Fills a table without checking foreign keys, and creates its indexes afterwards, except that of its primary key. For a million rows, this takes a fifth of
 * the time.
 */
export async function withoutIndexes(
  orm: MikroORM,
  table: string,
  insert: (em: SqlEntityManager) => Promise<void>,
): Promise<void> {
  await (orm.em.fork() as SqlEntityManager).transactional(async (em) => {
    const indexes = await em.execute<{ name: string; definition: string }[]>(
      "select indexname as name, indexdef as definition from pg_indexes where tablename = ? and indexname not like '%_pkey'",
      [table],
    );
    await em.execute('set local session_replication_role = replica');
    for (const { name } of indexes) {
      await em.execute(`alter table ${table} drop constraint if exists ${name}`);
      await em.execute(`drop index if exists ${name}`);
    }
    await insert(em);
    await em.execute("set local maintenance_work_mem = '256MB'");
    for (const { definition } of indexes) await em.execute(definition);
  });
}
