import { afterEach, beforeEach, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { instrumentDurin } from '../../../src/opentelemetry/index.ts';
import { openApp } from '../../support/app.ts';
import { FakeStore } from '../../support/cache/cache-parts.ts';
import { createTelemetryProbe } from '../../support/health/telemetry-probe.ts';

let app: Awaited<ReturnType<typeof openApp>>;
let store: FakeStore;
let durin: ReturnType<typeof openDurin>;
let probe: ReturnType<typeof createTelemetryProbe>;
beforeEach(async () => {
  app = await openApp();
  store = new FakeStore(app.clock);
  durin = openDurin();
  probe = createTelemetryProbe();
  instrumentDurin(durin, probe.providers);
});
afterEach(async () => {
  await probe.close();
  await durin.close();
  await app.close();
});

function openDurin() {
  const get = async (key: string) => (await store.getMany([key]))[0];
  return createDurin({ ...app.options, cache: { ttl: '60s', store: Object.assign(store, { get }) } });
}

/** The values of a metric, by one of its attributes. */
async function valuesBy(attribute: string, metric: string): Promise<Record<string, unknown>> {
  const found = await probe.valuesOf(metric);
  return Object.fromEntries(found.map(({ value, attributes }) => [attributes[attribute], value]));
}

const lookUps = () => valuesBy('durin.lookup.source', 'durin.lookups');
const available = () => valuesBy('durin.part', 'durin.part.available');

test('a store that fails is seen, and so is what answers in its place', async () => {
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  for (const _ of ['fills the store', 'is answered by it', 'is answered by it']) await durin.authenticate(token);
  expect(await lookUps()).toEqual({ memory: 0, store: 2, database: 1 });
  expect(await available()).toEqual({ database: 1, store: 1 });

  store.isDown = true;
  await durin.authenticate(token);
  expect(await lookUps()).toEqual({ memory: 0, store: 2, database: 2 });
  expect(await available()).toEqual({ database: 1, store: 0 });

  store.isDown = false;
  await expect.poll(available, { timeout: 10_000 }).toEqual({ database: 1, store: 1 });
  await durin.authenticate(token);
  await durin.authenticate(token);
  expect(await lookUps()).toEqual({ memory: 0, store: 3, database: 3 });
});
