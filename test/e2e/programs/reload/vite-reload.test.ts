import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Client } from 'pg';
import { createClient } from 'redis';
import { createServer, createServerModuleRunner, type ViteDevServer } from 'vite';
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import { type PostgresServer, startPostgres } from '../../../support/servers/postgres-server.ts';
import { type RedisServer, startRedis } from '../../../support/servers/redis-server.ts';
import { type ClusterDatabase, openClusterDatabase } from '../cluster-database.ts';
import { project } from '../program.ts';
import type * as auth from './vite/auth.ts';

type App = typeof auth;
type Load = (path: string) => Promise<unknown>;

let postgres: PostgresServer;
let redis: RedisServer;
let database: ClusterDatabase;
beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  database = await openClusterDatabase(postgres.url, { notify: false });
  vi.stubEnv('POSTGRES_URL', postgres.url);
  vi.stubEnv('REDIS_URL', redis.url);
});
afterAll(async () => {
  vi.unstubAllEnvs();
  await database.close();
  await Promise.all([postgres.stop(), redis.stop()]);
});

const folder = join(import.meta.dirname, 'vite');

/** The ways in which Vite loads the modules of a server. */
const ways: Record<string, (server: ViteDevServer) => Load> = {
  ssrLoadModule: (server) => server.ssrLoadModule,
  'a module runner'({ environments: { ssr } }) {
    const runner = createServerModuleRunner(ssr);
    onTestFinished(() => runner.close());
    return (path) => runner.import(path);
  },
};

async function countConnections(): Promise<{ redis: number; postgres: number }> {
  const client = await createClient({ url: redis.url }).connect();
  const clients = await client.clientList();
  client.destroy();
  const asking = new Client({ connectionString: postgres.url });
  await asking.connect();
  const { rows } = await asking.query("select 1 from pg_stat_activity where backend_type = 'client backend'");
  await asking.end();
  return { redis: clients.length - 1, postgres: rows.length };
}

test.each(Object.entries(ways))('with %s, edits leave no connection behind', async (_, wayOf) => {
  const server = await createServer({
    configFile: false,
    root: project,
    appType: 'custom',
    logLevel: 'error',
    optimizeDeps: { noDiscovery: true },
    server: { middlewareMode: true, ws: false, watch: null },
  });
  onTestFinished(async () => {
    await server.close();
    Reflect.deleteProperty(globalThis, 'opened');
  });
  const load = wayOf(server);
  const { token } = await database.enter();

  async function use(): Promise<App> {
    await load(join(folder, 'hot-reload.ts'));
    const app = (await load(join(folder, 'auth.ts'))) as App;
    do await app.durin.authenticate(token);
    while (!app.bus.isConnected());
    return app;
  }

  let app = await use();
  const first = await countConnections();
  for (let edits = 0; edits < 5; edits += 1) {
    const before = app.durin;
    server.watcher.emit('change', join(folder, 'auth.ts'));
    await expect.poll(async () => (app = await use()).durin !== before, { timeout: 30_000 }).toBe(true);
  }
  expect(first.redis).toBe(3);
  await expect.poll(async () => (await countConnections()).redis, { timeout: 10_000 }).toBe(3);
  expect((await countConnections()).postgres).toBeLessThan(first.postgres + 3); // a pool opens what it needs
  await app.durin.close();
  await app.orm.close();
});

test('the docs have the module that closes what is left behind', async () => {
  const docs = await readFile(join(project, 'docs/operations.md'), 'utf8');
  const code = await readFile(join(folder, 'hot-reload.ts'), 'utf8');
  expect(docs).toContain(code.replace(/^\/\/.*\n\n/m, ''));
});
