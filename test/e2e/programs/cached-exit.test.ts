import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { type PostgresServer, startPostgres } from '../../support/servers/postgres-server.ts';
import { type RedisServer, startRedis } from '../../support/servers/redis-server.ts';
import { type Server, startServer } from './cluster.ts';
import { prepareDatabase } from './cluster-database.ts';

let postgres: PostgresServer;
let redis: RedisServer;
let server: Server;
let token: string;
beforeAll(async () => {
  [postgres, redis] = await Promise.all([startPostgres(), startRedis()]);
  await prepareDatabase(postgres.url, 1);
});
afterAll(() => Promise.all([postgres.stop(), redis.stop()]));

beforeEach(async () => {
  server = await startServer({ postgresUrl: postgres.url, redisUrl: redis.url, sharing: 'redisBus' });
  ({ token } = await server.client.auth.login.mutate({ username: 'user 0', password: '', client: 'web' }));
  await server.accepts(token);
});

const states = {
  'that works': { before: async () => {}, after: async () => {} },
  'that is frozen': { before: async () => redis.pause(), after: async () => redis.resume() },
  'that is gone': { before: () => redis.kill(), after: () => redis.restart() },
};

test.each(Object.entries(states))('closed, a process with a Redis %s ends by itself', async (_, { before, after }) => {
  await before();
  expect(await server.accepts(token)).toBe(true);
  const { code, signal, tookMs, complaints } = await server.stop();
  await after();
  expect({ code, signal, complaints }).toEqual({ code: 0, signal: null, complaints: [] });
  expect(tookMs).toBeLessThan(5000);
});
