import { Client as PgClient, Pool } from 'pg';
import { type Server, startServer } from '../../e2e/programs/cluster.ts';
import { type ClusterDatabase, openClusterDatabase } from '../../e2e/programs/cluster-database.ts';
import type { Sharing } from '../../e2e/programs/cluster-server.ts';
import { openEventStream } from '../../load/streams/event-stream.ts';
import { concurrently, type Extent, type Series, sideBySide } from '../measure.ts';
import { type Row, rateRow, ratioRow, valueRow } from '../table.ts';

interface Cluster {
  readonly name: string;
  readonly url: string;
  readonly database: ClusterDatabase;
  readonly servers: readonly [Server, Server];
  readonly microseconds: number[];
}

/**
 * How long it takes from a call in one process that ends a session to the end of its stream in another one, over each bus;
 * and how many commits that change a token there are with triggers and without.
 */
export async function benchRevocation(serverUrl: string, redisUrl: string, { count, rounds }: Extent): Promise<Row[]> {
  const postgres = await openCluster(serverUrl, redisUrl, 'postgresBus');
  const redis = await openCluster(serverUrl, redisUrl, 'redisBus');
  for (let round = 0; round <= rounds; round += 1) {
    for (const cluster of round % 2 === 0 ? [postgres, redis] : [redis, postgres]) {
      const taken = await revoke(cluster);
      if (round > 0) cluster.microseconds.push(taken);
    }
  }
  const latency = 'revocation in one process to the end of a stream in another';
  const rows = [
    ratioRow(`${latency}, postgresBus`, postgres, redis, null),
    valueRow(`${latency}, postgresBus, p99`, percentile(postgres), { atMost: 100 }, inMilliseconds),
    valueRow(`${latency}, redisBus, p99`, percentile(redis), { atMost: 100 }, inMilliseconds),
  ];
  const [withTriggers, without] = await sideBySide(
    {
      'with triggers': await commitsOn(postgres, count),
      'without triggers': await commitsOn(redis, count),
    },
    { count, rounds: Math.ceil(rounds / 5) },
  );
  rows.push(rateRow('commits that change a token, 8 at once, with triggers', withTriggers, without, null));
  for (const { servers, database } of [postgres, redis]) {
    await Promise.all(servers.map((server) => server.stop()));
    await database.close();
  }
  return rows;
}

async function openCluster(serverUrl: string, redisUrl: string, sharing: Sharing): Promise<Cluster> {
  const name = `bench_${sharing.toLowerCase()}`;
  const admin = new PgClient({ connectionString: serverUrl });
  await admin.connect();
  await admin.query(`create database ${name}`);
  await admin.end();
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const database = await openClusterDatabase(url.href, { notify: sharing === 'postgresBus' });
  const start = () => startServer({ postgresUrl: url.href, redisUrl, sharing });
  const servers = [await start(), await start()] as const;
  const { token } = await database.enter();
  for (const server of servers) await server.warm(token);
  return { name: sharing, url: url.href, database, servers, microseconds: [] };
}

/** Returns how long it took, in microseconds. */
async function revoke({ database, servers: [here, there] }: Cluster): Promise<number> {
  const { token, userId } = await database.enter();
  const stream = openEventStream(there.url, token, 60_000);
  await stream.opened;
  const startedAt = performance.now();
  const ended = stream.over.then(() => performance.now());
  await here.client.endAllOf.mutate(userId);
  return ((await ended) - startedAt) * 1000;
}

async function commitsOn({ url, database }: Cluster, count: number): Promise<(count: number) => Promise<void>> {
  const ids: string[] = [];
  for (let index = 0; index < Math.min(count, 200); index += 1) ids.push((await database.enter()).tokenId);
  return async function commit(times) {
    const pool = new Pool({ connectionString: url, max: 8 });
    await concurrently(times, 8, (index) =>
      pool.query("update durin_auth_token set name = 'renamed ' || $1 where id = $2", [index, ids[index % ids.length]]),
    );
    await pool.end();
  };
}

function percentile({ microseconds }: Series): number {
  const sorted = microseconds.toSorted((a, b) => a - b);
  return (sorted[Math.floor(sorted.length * 0.99)] ?? Number.NaN) / 1000;
}

const inMilliseconds = (value: number) => `${value.toFixed(1)} ms`;
