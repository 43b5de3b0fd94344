import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { openApp } from '../../support/app.ts';
import { FakeBusNetwork } from '../../support/cache/cache-parts.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

test('health knows the database, and what the app does not use', async () => {
  expect(await app.durin.health()).toEqual({
    isHealthy: true,
    isDegraded: false,
    database: { status: 'up', since: new Date(app.clock()), latencyMs: expect.any(Number) as number },
    store: { status: 'unused' },
    bus: { status: 'unused' },
    throttle: { status: 'unused' },
  });
});

test('health connects the bus, before the first look-up', async () => {
  const bus = new FakeBusNetwork().join();
  const durin = createDurin({ ...app.options, cache: { ttl: '60s', bus } });
  expect(bus.isConnected()).toBe(false);
  expect(await durin.health()).toMatchObject({ bus: { status: 'up', latencyMs: null } });
  expect(bus.isConnected()).toBe(true);
  await durin.close();
});

test('health of a closed durin answers', async () => {
  const durin = createDurin({ ...app.options, cache: { ttl: '60s', bus: new FakeBusNetwork().join() } });
  await durin.close();
  expect(await durin.health()).toMatchObject({ isHealthy: true });
});
