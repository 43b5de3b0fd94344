import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Proxy, untilListening } from './haproxy.ts';
import { freePort } from './postgres-server.ts';

/** Whether the system has a `pgbouncer`. */
export function hasPgbouncer(): boolean {
  return spawnSync('pgbouncer', ['--version']).status === 0;
}

/** How a PgBouncer deals with named statements. */
export interface PoolerKind {
  /** Whether it knows which connection has which statement. */
  readonly keepsNames: boolean;
  /** Further lines of its file. */
  readonly settings: readonly string[];
}

/** The kinds that the installed version can be. PgBouncer keeps names since 1.21, if it is set to. */
export function poolerKinds(): PoolerKind[] {
  const { stdout } = spawnSync('pgbouncer', ['--version'], { encoding: 'utf8' });
  const [, major = '0', minor = '0'] = /PgBouncer (\d+)\.(\d+)/.exec(stdout) ?? [];
  if (Number(major) === 1 && Number(minor) < 21) return [{ keepsNames: false, settings: [] }];
  return [0, 100].map((max) => ({ keepsNames: max > 0, settings: [`max_prepared_statements = ${max}`] }));
}

/** A PgBouncer in transaction pooling. Its few connections are handed out to another client after each transaction. */
export async function startPgbouncer(serverUrl: string, { settings }: PoolerKind): Promise<Proxy> {
  const directory = await mkdtemp(join(tmpdir(), 'durin-pgbouncer-'));
  await chmod(directory, 0o755);
  const port = await freePort();
  const config = join(directory, 'pgbouncer.ini');
  await writeFile(
    config,
    [
      '[databases]',
      `postgres = host=127.0.0.1 port=${new URL(serverUrl).port} dbname=postgres user=postgres`,
      '[pgbouncer]',
      'listen_addr = 127.0.0.1',
      `listen_port = ${port}`,
      'unix_socket_dir =',
      'auth_type = any',
      'pool_mode = transaction',
      'default_pool_size = 6',
      'max_client_conn = 200',
      ...settings,
      '',
    ].join('\n'),
  );
  // It refuses to run as root.
  const asNobody = process.getuid?.() === 0 ? ['--user', 'nobody'] : [];
  const pgbouncer = spawn('pgbouncer', ['--quiet', ...asNobody, config], { stdio: 'ignore' });
  await untilListening(port);
  return {
    url: `postgresql://postgres@127.0.0.1:${port}/postgres`,
    async stop() {
      const exited = once(pgbouncer, 'exit');
      pgbouncer.kill('SIGKILL');
      await exited;
      await rm(directory, { recursive: true, force: true });
    },
  };
}
