import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a server process sends once it listens. */
export interface Opened {
  /** By the name of the server. */
  readonly ports: Readonly<Record<string, number>>;
  /** Whatever else the load has to know. */
  readonly facts: Readonly<Record<string, unknown>>;
}

/** Serves until the parent process disconnects, and answers each of its messages with the processor time that was used, in microseconds. */
export async function serve(
  servers: Readonly<Record<string, Server>>,
  facts: Opened['facts'],
  close: () => Promise<void>,
): Promise<void> {
  const ports: Record<string, number> = {};
  for (const [name, server] of Object.entries(servers)) {
    server.keepAliveTimeout = 0; // the turns of the others may take longer
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    ports[name] = (server.address() as AddressInfo).port;
  }
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
  process.once('disconnect', () => {
    for (const server of Object.values(servers)) {
      server.close();
      server.closeAllConnections();
    }
    void close();
  });
  process.send?.({ ports, facts } satisfies Opened);
}
