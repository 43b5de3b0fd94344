import { vi } from 'vitest';
import { openClient } from './redis/open-client.ts';
import { startRedis } from './redis-server.ts';

const flagsOf = (port: number) => ['--cluster-enabled', 'yes', '--cluster-config-file', `nodes-${port}.conf`];

/** A cluster of two masters without replicas. Each refuses the keys of the other. */
export async function startClusterOfTwo() {
  const servers = await Promise.all([startRedis(flagsOf), startRedis(flagsOf)]);
  const [one, other] = servers;
  const clients = await Promise.all(servers.map(({ url }) => openClient(url)));
  const send = (index: number, ...command: string[]) => clients[index]?.sendCommand(['CLUSTER', ...command]);
  await send(0, 'ADDSLOTSRANGE', '0', '8191');
  await send(1, 'ADDSLOTSRANGE', '8192', '16383');
  await send(0, 'MEET', '127.0.0.1', new URL(other.url).port);
  await vi.waitFor(
    async () => {
      for (const index of [0, 1])
        if (!JSON.stringify(await send(index, 'INFO')).includes('cluster_state:ok')) throw new Error('not joined yet');
    },
    { timeout: 20_000 },
  );
  for (const client of clients) client.destroy();
  return {
    /** The URL of one of its nodes. */
    url: one.url,
    async stop() {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}
