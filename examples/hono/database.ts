import { MikroORM } from '@mikro-orm/pglite'; // in production '@mikro-orm/postgresql', with clientUrl
import { hashPassword } from 'trpc-durin/password';
import { AuthToken, Client, User } from './entities.ts';

/** Opens a database in memory, with two users whose passwords are public. */
export async function openDatabase(): Promise<MikroORM> {
  const orm = await MikroORM.init({ entities: [User, Client, AuthToken], dbName: 'memory://' });
  await orm.schema.create();
  const em = orm.em.fork();
  em.create(User, { username: 'alice', passwordHash: await hashPassword('wonderland') });
  em.create(User, { username: 'durin', passwordHash: await hashPassword('mellon'), isAdmin: true });
  await em.flush();
  return orm;
}
