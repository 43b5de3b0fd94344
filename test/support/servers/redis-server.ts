import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createClient } from 'redis';
import { freePort } from './postgres-server.ts';

/** A Redis for tests that only use it. */
export interface OpenRedis {
  readonly url: string;
  stop(): Promise<void>;
}

/** A real Redis server of the test's own, from the system's `redis-server`, that it may stop. */
export interface RedisServer extends OpenRedis {
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

/** Whether the system has a `redis-server`, which tests that stop Redis need. */
export function hasRedisServer(): boolean {
  return spawnSync('redis-server', ['--version']).status === 0;
}

/** The Redis at `REDIS_URL`, emptied, or one that is started. */
export async function openRedis(): Promise<OpenRedis> {
  const url = process.env['REDIS_URL'];
  if (url === undefined) return startRedis();
  const client = await createClient({ url }).connect();
  await client.flushDb();
  await client.close();
  return { url, stop: async () => {} };
}

/** @param flagsOf further flags of `redis-server`, which take precedence */
export async function startRedis(flagsOf: (port: number) => readonly string[] = () => []): Promise<RedisServer> {
  const directory = await mkdtemp(join(tmpdir(), 'durin-redis-'));
  const snapshot = join(directory, 'dump.rdb');
  const port = await freePort();
  const url = `redis://127.0.0.1:${port}`;
  const start = () => launch(port, directory, flagsOf(port));
  let server = await start();

  async function kill(): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = once(server, 'exit');
    server.kill('SIGKILL');
    await exited;
  }

  return {
    url,
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
    kill,
    async restart() {
      await kill();
      await rm(snapshot, { force: true });
      server = await start();
    },
    async saveSnapshot() {
      const client = await createClient({ url }).connect();
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

async function launch(port: number, directory: string, further: readonly string[]): Promise<ChildProcess> {
  const flags = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', directory];
  const server = spawn('redis-server', [...flags, ...further], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    let log = '';
    server.stdout.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes('Ready to accept connections')) resolve();
    });
    server.once('exit', () => reject(new Error(`Redis did not start:\n${log}`)));
    server.once('error', reject);
  });
  server.stdout.removeAllListeners('data').resume();
  return server;
}
