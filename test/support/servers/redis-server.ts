import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './postgres-server.ts';
import { openClient } from './redis/open-client.ts';

/** A Redis for tests that only use it. */
export interface OpenRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** A real Redis server of the test's own, from the system's `redis-server`, that it may stop. */
export interface RedisServer extends OpenRedis {
  readonly port: number;
  /** Freezes it: connections stay open, nothing is answered. */
  pause(): void;
  resume(): void;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  /** Starts it again on its port, empty. */
  restart(): Promise<void>;
  /** Writes what it holds to its disk, once. */
  saveSnapshot(): Promise<void>;
  /** Starts it again with what it held then. */
  restartFromSnapshot(): Promise<void>;
}

/** The program of the servers: `REDIS_SERVER=valkey-server` runs the tests over Valkey. */
const program = process.env['REDIS_SERVER'] ?? 'redis-server';

/** Whether the system has a `redis-server`, which tests that stop Redis need. */
export function hasRedisServer(): boolean {
  return spawnSync(program, ['--version']).status === 0;
}

/** The Redis at `REDIS_URL`, emptied, or one that is started. */
export async function openRedis(): Promise<OpenRedis> {
  const url = process.env['REDIS_URL'];
  if (url === undefined) return startRedis();
  const client = await openClient(url);
  await client.flushDb();
  await client.close();
  return { url, stop: async () => {} };
}

/**
 * @param flagsOf further flags of `redis-server`, which take precedence
 * @param watch the lines that make it a sentinel, which keeps them in a file. Default: it is none
 */
export async function startRedis(
  flagsOf: (port: number) => readonly string[] = () => [],
  watch: readonly string[] = [],
): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'durin-redis-'));
  const snapshot = join(directory, 'dump.rdb');
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const file = join(directory, 'sentinel.conf');
  if (watch.length > 0)
    await writeFile(file, [`port ${port}`, 'bind 127.0.0.1', `dir ${directory}`, ...watch].join('\n'));
  const start = () => (watch.length > 0 ? launch([file, '--sentinel']) : launch(serverFlags(port, directory, flagsOf)));
  let server = await start();

  async function kill(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  }

  return {
    url,
    port,
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    kill,
    async restart() {
      await kill();
      await rm(snapshot, { force: true });
      server = await start();
    },
    async saveSnapshot() {
      const client = await openClient(url);
      await client.sendCommand(['SAVE']);
      client.destroy();
    },
    async restartFromSnapshot() {
      await kill();
      server = await start();
    },
    async stop() {
      await kill();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

function serverFlags(port: number, directory: string, flagsOf: (port: number) => readonly string[]): string[] {
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory];
  return [...flags, ...flagsOf(port)];
}

async function launch(flags: readonly string[]): Promise<ChildProcess> {
  const server = spawn(program, flags, { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    let log = '';
    server.stdout.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (/Ready to accept connections|Sentinel ID is/.test(log)) resolve();
    });
    server.once('exit', () => reject(new Error(`Redis did not start:\n${log}`)));
    server.once('error', reject);
  });
  server.stdout.removeAllListeners('data').resume();
  return server;
}
