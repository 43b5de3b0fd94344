import { MikroORM } from '@mikro-orm/pglite'; // in production '@mikro-orm/postgresql', with clientUrl
import { hashPassword } from 'trpc-durin/password';
import { AuthToken, Client, User } from './entities.ts';

/** Opens a database in memory, with a user whose password is public. */
export async function openDatabase(): Promise<MikroORM> {
  const orm = await MikroORM.init({ entities: [User, Client, AuthToken], dbName: 'memory://' });
  await orm.schema.create();
  const em = orm.em.fork();
  em.create(User, { username: 'alice', passwordHash: await hashPassword('wonderland') });
  await em.flush();
  return orm;
}
