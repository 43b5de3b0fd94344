import { afterAll, afterEach, beforeAll } from 'vitest';
import { testRateCounter } from '../../contracts/rate-counter.ts';
import { type OpenRedis, openRedis } from '../../support/servers/redis-server.ts';
import { createCounterProbe } from './throttle-probe.ts';

let redis: OpenRedis;
beforeAll(async () => {
  redis = await openRedis();
});
afterAll(() => redis.stop());

const probe = createCounterProbe();
afterEach(probe.closeAll);

testRateCounter(async () => ({ ...(await probe.joinWithClock(redis.url)), toleranceMs: 3000 }));
