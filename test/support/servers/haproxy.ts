import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { freePort } from './postgres-server.ts';

/** A proxy in front of PostgreSQL servers, which passes everything on to the one that is the primary. */
export interface Proxy {
  /** In place of the servers'. */
  readonly url: string;
  stop(): Promise<void>;
}

/** Whether the system has an `haproxy`. */
export function hasHaproxy(): boolean {
  return spawnSync('haproxy', ['-v']).status === 0;
}

/** Looks for the primary five times a second, and ends the connections to a server that is it no longer. */
export async function startHaproxy(serverUrls: readonly string[]): Promise<Proxy> {
  const directory = await mkdtemp(join(tmpdir(), 'durin-haproxy-'));
  const checks = await Promise.all(serverUrls.map(startCheck));
  const port = await freePort();
  const config = join(directory, 'haproxy.cfg');
  const servers = checks.map(
    ({ port: check, server }, index) => `  server s${index} 127.0.0.1:${server} check port ${check}`,
  );
  await writeFile(
    config,
    [
      'defaults',
      '  mode tcp',
      '  timeout connect 1s',
      '  timeout check 500ms',
      '  timeout client 1h',
      '  timeout server 1h',
      'listen postgres',
      `  bind 127.0.0.1:${port}`,
      '  option httpchk',
      '  default-server inter 200ms fall 2 rise 1 on-marked-down shutdown-sessions',
      ...servers,
      '',
    ].join('\n'),
  );
  const haproxy = spawn('haproxy', ['-db', '-f', config], { stdio: ['ignore', 'ignore', 'inherit'] });
  await untilListening(port);
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      const exited = once(haproxy, 'exit');
      haproxy.kill('SIGKILL');
      await exited;
      await Promise.all(checks.map(({ close }) => close()));
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** Answers over HTTP whether a server is a primary, as Patroni does. */
async function startCheck(serverUrl: string) {
  const http = createServer((_request, response) => {
    isPrimary(serverUrl).then(
      (is) => response.writeHead(is ? 200 : 503).end(),
      () => response.writeHead(503).end(),
    );
  });
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  return {
    port: (http.address() as { port: number }).port,
    server: new URL(serverUrl).port,
    close: () => new Promise((resolve) => http.close(resolve)),
  };
}

async function isPrimary(serverUrl: string): Promise<boolean> {
  const client = new Client({ connectionString: serverUrl, connectionTimeoutMillis: 400, query_timeout: 400 });
  client.on('error', () => {});
  try {
    await client.connect();
    const { rows } = await client.query<{ is: boolean }>('select not pg_is_in_recovery() as is');
    return rows[0]?.is === true;
  } finally {
    client.end().catch(() => {});
  }
}

/** Resolves once something listens there. */
export async function untilListening(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const isOpen = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isOpen) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
