import type { MikroORM, Options } from '@mikro-orm/core';
import { MikroORM as PGliteORM } from '@mikro-orm/pglite';
import { MikroORM as PostgresORM } from '@mikro-orm/postgresql';
import type { Pool } from 'pg';
import { inject } from 'vitest';
import { returnPglite, takePglite } from './pglite-instances.ts';
import { createDatabaseServer, databaseUrl, newDatabaseName } from './servers/database-server.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL server's URL; `null`: the tests run on PGlite. */
    postgresUrl: string | null;
    /** The file with an empty PGlite: to load it takes a tenth of the time in which a new one starts. */
    emptyPglite: string;
  }
}

export const postgresUrl = inject('postgresUrl');

const server = createDatabaseServer(postgresUrl ?? '');

/** An ORM on a database of its own, with the entities' tables. Close it with `closeDatabase`. */
export async function openDatabase(options: Pick<Options, 'entities'> & Partial<Options>): Promise<MikroORM> {
  if (postgresUrl === null) {
    const orm = await openPglite(options);
    await orm.schema.create();
    return orm;
  }
  const name = newDatabaseName();
  const orm = await initPostgres(postgresUrl, name, options);
  await server.create(name, await orm.schema.getCreateSchemaSQL());
  return orm;
}

/** The same, without tables. */
export async function connect(options: Partial<Options>): Promise<MikroORM> {
  if (postgresUrl === null) return openPglite(options);
  const name = newDatabaseName();
  await server.create(name);
  return initPostgres(postgresUrl, name, options);
}

/** A second ORM on the database of another, as a second process of the app has. Close it with its own `close`. */
export async function openAgain(orm: MikroORM, options: Partial<Options>): Promise<MikroORM> {
  return initPostgres(postgresUrl ?? '', orm.config.get('dbName') ?? '', options);
}

export async function closeDatabase(orm: MikroORM): Promise<void> {
  if (postgresUrl === null) return closePglite(orm as PGliteORM);
  const name = orm.config.get('dbName');
  await untilIdle(orm);
  await orm.close(true);
  if (name !== undefined) await server.drop(name);
}

async function openPglite(options: Partial<Options>): Promise<PGliteORM> {
  const pglite = await takePglite();
  return await PGliteORM.init({ dbName: 'memory://', driverOptions: { pglite: () => pglite }, ...options } as never);
}

async function closePglite(orm: PGliteORM): Promise<void> {
  const pglite = await orm.em.getDriver().getConnection().getNativeClient();
  await orm.close(true);
  await returnPglite(pglite);
}

async function initPostgres(serverUrl: string, name: string, options: Partial<Options>): Promise<PostgresORM> {
  return await PostgresORM.init({ clientUrl: databaseUrl(serverUrl, name), ...options } as never);
}

/** Kysely loses a connection that is being opened while it closes, and then waits for it for ever. */
async function untilIdle(orm: MikroORM): Promise<void> {
  const pool = (await orm.em.getDriver().getConnection().getNativeClient()) as Pool;
  while (pool.totalCount > pool.idleCount) await new Promise((resolve) => setImmediate(resolve));
}
