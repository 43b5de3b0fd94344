import { randomUUID } from 'node:crypto';
import type { MikroORM, Options } from '@mikro-orm/core';
import { MikroORM as PGliteORM } from '@mikro-orm/pglite';
import { MikroORM as PostgresORM } from '@mikro-orm/postgresql';
import type { Pool } from 'pg';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** A PostgreSQL server's URL; `null`: the tests run on PGlite. */
    postgresUrl: string | null;
  }
}

export const postgresUrl = inject('postgresUrl');

/** An ORM on a database of its own, with the entities' tables. Close it with `closeDatabase`. */
export async function openDatabase(options: Pick<Options, 'entities'> & Partial<Options>): Promise<MikroORM> {
  const orm = await connect(options);
  await orm.schema.create();
  return orm;
}

/** The same, without tables. */
export async function connect(options: Partial<Options>): Promise<MikroORM> {
  if (postgresUrl === null) return await PGliteORM.init({ dbName: 'memory://', ...options } as never);
  const name = `durin_${randomUUID().replaceAll('-', '')}`;
  const url = new URL(postgresUrl);
  await withServer(async (server) => server.em.getConnection().execute(`create database ${name}`));
  url.pathname = `/${name}`;
  return await PostgresORM.init({ clientUrl: url.href, ...options } as never);
}

export async function closeDatabase(orm: MikroORM): Promise<void> {
  const name = orm.config.get('dbName');
  if (postgresUrl !== null) await untilIdle(orm);
  await orm.close(true);
  if (postgresUrl !== null)
    await withServer((server) => server.em.getConnection().execute(`drop database if exists ${name} with (force)`));
}

/** Kysely loses a connection that is being opened while it closes, and then waits for it for ever. */
async function untilIdle(orm: MikroORM): Promise<void> {
  const pool = (await orm.em.getDriver().getConnection().getNativeClient()) as Pool;
  while (pool.totalCount > pool.idleCount) await new Promise((resolve) => setImmediate(resolve));
}

async function withServer(work: (server: PostgresORM) => Promise<unknown>): Promise<void> {
  const server = await PostgresORM.init({
    clientUrl: postgresUrl ?? '',
    entities: [],
    discovery: { warnWhenNoEntities: false },
    pool: { max: 1 },
  });
  try {
    await work(server);
  } finally {
    await server.close(true);
  }
}
