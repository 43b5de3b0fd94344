import { MikroORM } from '@mikro-orm/postgresql';
import { Client as PgClient } from 'pg';
import { createDurin } from '../../../src/index.ts';
import {
  defineNotifiedEntities,
  type NotifiedEntitiesOptions,
  notifiedSecret as secret,
} from '../../support/bus/notified-entities.ts';

/** A user with a session. */
export interface ClusterSession {
  readonly token: string;
  readonly tokenId: string;
  readonly userId: number;
  readonly username: string;
}

/** The app's database, and what changes it besides the servers: durin in this process, which caches nothing, and SQL. */
export async function openClusterDatabase(postgresUrl: string, options: NotifiedEntitiesOptions) {
  const entities = defineNotifiedEntities(options);
  const { User, Client, AuthToken } = entities;
  const orm = await MikroORM.init({ clientUrl: postgresUrl, entities: Object.values(entities) });
  await orm.schema.refresh();
  const durin = createDurin({
    orm,
    entities: { User, Client, AuthToken },
    secret,
    clients: { web: { tokenTtl: '1d' }, cli: { tokenTtl: null } },
    verifyCredentials: () => null,
  });
  await durin.clients.sync();

  return {
    orm,
    User,
    durin,
    async enter(): Promise<ClusterSession> {
      const em = orm.em.fork();
      const user = em.create(User, { username: crypto.randomUUID() });
      await em.flush();
      const { token, auth } = await durin.tokens.issue({ user, client: 'web' });
      return { token, tokenId: auth.id, userId: user.id, username: user.username };
    },
    /** Runs a statement as another program does, over a connection of its own. */
    async psql(sql: string, values: readonly unknown[] = []): Promise<void> {
      const client = new PgClient({ connectionString: postgresUrl });
      client.on('error', () => {});
      await client.connect();
      await client.query(sql, [...values]);
      await client.end();
    },
    async close(): Promise<void> {
      await durin.close();
      await orm.close();
    },
  };
}

export type ClusterDatabase = Awaited<ReturnType<typeof openClusterDatabase>>;

/** Creates the tables, the clients and users, for servers that share a Redis. Returns the users' keys by name. */
export async function prepareDatabase(postgresUrl: string, userCount: number): Promise<Map<string, number>> {
  const { orm, User, close } = await openClusterDatabase(postgresUrl, { notify: false });
  const em = orm.em.fork();
  const users = Array.from({ length: userCount }, (_, index) => em.create(User, { username: `user ${index}` }));
  await em.flush();
  await close();
  return new Map(users.map(({ username, id }) => [username, id]));
}
