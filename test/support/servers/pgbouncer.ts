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

/** A PgBouncer in transaction pooling. Its few connections are handed out to another client after each transaction. */
export async function startPgbouncer(serverUrl: string): Promise<Proxy> {
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
