import type { MikroORM } from '@mikro-orm/core';
import { MikroORM as EmbeddedORM } from '@mikro-orm/pglite';
import { MikroORM as PostgresORM } from '@mikro-orm/postgresql';
import { hashPassword } from 'trpc-durin/password';
import { lockPgliteFolder } from 'trpc-durin/pglite';
import { entities, User } from './entities.ts';

/** Demo accounts: their passwords are public. */
export const demoUser = { username: 'alice', password: 'wonderland', isAdmin: false };
export const demoAdmin = { username: 'durin', password: 'mellon', isAdmin: true };

/**
 * Opens the database and creates missing tables. An app of your own would run migrations here.
 * @throws an error that names the process that uses the embedded database, if there is one
 */
export async function openDatabase(databaseUrl: string | null, embeddedFolder: string): Promise<MikroORM> {
  const orm =
    databaseUrl === null
      ? await EmbeddedORM.init({ entities, dbName: lockPgliteFolder(embeddedFolder).folder })
      : await PostgresORM.init({
          entities,
          clientUrl: databaseUrl,
          driverOptions: { connectionTimeoutMillis: 10_000 },
        });
  await orm.schema.update({ safe: true }); // safe: drops no table and no column
  await orm.em.getConnection().execute('alter table durin_token_use set (fillfactor = 50)'); // a use then writes no index
  return orm;
}

/** Creates a user unless it exists. Returns whether it was created. */
export async function createUser(orm: MikroORM, { username, password, isAdmin }: typeof demoUser): Promise<boolean> {
  const em = orm.em.fork();
  if ((await em.count(User, { username })) > 0) return false;
  em.create(User, { username, passwordHash: await hashPassword(password), isAdmin });
  await em.flush();
  return true;
}
