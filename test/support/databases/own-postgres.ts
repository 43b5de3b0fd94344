import { MikroORM, type Options } from '@mikro-orm/postgresql';
import { entities } from '../entities.ts';
import { type PostgresServer, startPostgres } from '../servers/postgres-server.ts';

/** A PostgreSQL that a test may stop and freeze, with the tables of the test app, and an ORM on it. */
export interface OwnPostgres extends PostgresServer {
  readonly orm: MikroORM;
  /** Closes the ORM, ends the server and removes its data. */
  stop(): Promise<void>;
}

export async function openOwnPostgres(options: Pick<Options, 'pool'> = {}): Promise<OwnPostgres> {
  const server = await startPostgres();
  const orm = await MikroORM.init({ clientUrl: server.url, entities, logger: () => {}, ...options });
  await orm.schema.create();
  return {
    ...server,
    orm,
    async stop() {
      await orm.close(true);
      await server.stop();
    },
  };
}
