import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { redisBus, redisStore } from '../../../src/redis/index.ts';
import { openApp } from '../../support/app.ts';
import { type RedisServer, startRedis } from '../../support/servers/redis-server.ts';
import { openSilentStreams } from '../../support/streams/silent-streams.ts';
import { noteUncaught } from '../../support/uncaught.ts';

const uncaught = noteUncaught();

let redis: RedisServer;
let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  redis = await startRedis();
  app = await openApp();
});
afterAll(async () => {
  await app.close();
  await redis.stop();
});

test('durin closes within a second while Redis is frozen, with streams open', async () => {
  const bus = redisBus({ url: redis.url });
  const store = redisStore({ url: redis.url });
  const durin = createDurin({ ...app.options, now: Date.now, cache: { ttl: '60s', store, bus }, onWarning() {} });
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  await durin.authenticate(token);
  await expect.poll(() => bus.isConnected()).toBe(true);
  const { ends, close } = await openSilentStreams(durin, token);
  redis.pause();
  await durin.tokens.revokeAll({ user: 2 }); // whose message cannot be sent
  const startedAt = performance.now();
  await durin.close();
  expect(performance.now() - startedAt).toBeLessThan(1000);
  expect(new Set(await ends)).toEqual(new Set(['STORE_UNAVAILABLE']));
  await durin.close();
  redis.resume();
  await close();
  expect(uncaught).toEqual([]);
});
