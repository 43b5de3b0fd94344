import { mkdtemp, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { MikroORM, Options } from '@mikro-orm/core';
import { Migrator } from '@mikro-orm/migrations';
import { afterEach, beforeEach } from 'vitest';
import { closeDatabase, connect } from '../database.ts';

/** Gives each test of a file a folder of migrations, and databases that these change. */
export function useMigrations() {
  let folder: string;
  let orm: MikroORM | null = null;
  async function close(): Promise<void> {
    if (orm !== null) await closeDatabase(orm);
    orm = null;
  }
  beforeEach(async () => {
    // Inside node_modules/, so that a migration can resolve the packages it imports.
    folder = await mkdtemp(join(import.meta.dirname, '../../../node_modules/.durin-migrations-'));
  });
  afterEach(async () => {
    await close();
    await rm(folder, { recursive: true });
  });

  return {
    /** Opens an empty database, and closes the one before it. */
    async open(entities: NonNullable<Options['entities']>, { snapshot = false } = {}): Promise<MigratedDatabase> {
      await close();
      orm = await connect({ entities, extensions: [Migrator], migrations: { path: folder, emit: 'js', snapshot } });
      return createMigratedDatabase(orm, folder);
    },
  };
}

type MigratedDatabase = ReturnType<typeof createMigratedDatabase>;

function createMigratedDatabase(orm: MikroORM, folder: string) {
  const connection = orm.em.getConnection() as unknown as { execute(sql: string): Promise<Record<string, unknown>[]> };
  const run = (sql: string) => connection.execute(sql);
  const names = async (sql: string) => (await run(sql)).map(({ name }) => name);
  return {
    orm,
    run,
    /** Writes a migration to what the entities are now. */
    create: () => orm.migrator.create(folder),
    up: () => orm.migrator.up(),
    down: () => orm.migrator.down(),
    tables: (like = '%') =>
      names(
        `select relname as name from pg_class
         where relkind = 'r' and relname like '${like}' and relnamespace::regnamespace::text !~ '^(pg_|information_)'
         order by 1`,
      ),
    functions: (like: string) => names(`select proname as name from pg_proc where proname like '${like}' order by 1`),
    /** As `table: trigger`. */
    triggers: (like: string) =>
      names(
        `select tgrelid::regclass::text || ': ' || tgname as name from pg_trigger where tgname like '${like}' order by 1`,
      ),
  };
}
