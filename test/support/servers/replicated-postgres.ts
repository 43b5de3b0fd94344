import { cp, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { type PostgresServer, startPostgres } from './postgres-server.ts';

/** A primary, and a streaming replica of it that has what the primary has acknowledged. */
export interface ReplicatedPostgres {
  readonly primary: PostgresServer;
  readonly replica: PostgresServer;
  /** Makes the replica a primary. The other one must have ended: nothing fences it. */
  promote(): Promise<void>;
  stop(): Promise<void>;
}

/** The replica is a cold copy of the primary's data: the package has no `pg_basebackup`. */
export async function startReplicatedPostgres(): Promise<ReplicatedPostgres> {
  const primary = await startPostgres();
  await primary.pause();
  const { port, hostname } = new URL(primary.url);
  const replica = await startPostgres(
    [`primary_conninfo=host=${hostname} port=${port} user=postgres`],
    async (data) => {
      await cp(primary.data, data, { recursive: true, force: true });
      await writeFile(join(data, 'standby.signal'), '');
    },
  );
  await primary.resume(['synchronous_standby_names=*']);
  return {
    primary,
    replica,
    async promote() {
      const client = new Client({ connectionString: replica.url });
      await client.connect();
      await client.query('select pg_promote(true)');
      await client.end();
    },
    async stop() {
      await replica.stop();
      await primary.stop();
    },
  };
}
