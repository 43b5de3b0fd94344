import { expect, test } from 'vitest';
import type { Bus } from '../../../src/cache/bus.ts';
import { createLayeredCache } from '../../../src/cache/layered-cache.ts';
import { createMemoryCache } from '../../../src/cache/memory-cache.ts';
import { createSharedCache } from '../../../src/cache/shared-cache.ts';
import { FakeBusNetwork, FakeDatabase, FakeStore, sharedParts } from '../../support/cache/cache-parts.ts';
import { createClock } from '../../support/clock.ts';

const ttlMs = 60_000;

/** Two processes that have cached a session. The first one has a bus of this kind. */
async function open(busOf: (bus: Bus) => Bus = (bus) => bus) {
  const clock = createClock();
  const database = new FakeDatabase();
  database.add('a');
  const store = new FakeStore(clock);
  const network = new FakeBusNetwork();
  function start(own: FakeStore, bus: Bus) {
    const memory = createMemoryCache({ ttlMs, maxSessions: 10, now: clock });
    const shared = createSharedCache({ store: own, ...sharedParts, ttlMs, maxSessions: 10, now: clock });
    return createLayeredCache({ namespace: 'test', memory, shared, bus, now: clock });
  }
  const line = new FakeStore(clock); // the first process's own connection to the store, which can fail by itself
  Object.assign(line, { values: store.values });
  const here = start(line, busOf(network.join()));
  const there = start(store, network.join());
  await here.find('a', database.load);
  await there.find('a', database.load);
  return { database, here, there, line };
}

/** A bus that a test can break, and repair. */
function breakable() {
  const state = { isBroken: false, isFrozen: false };
  const busOf = (bus: Bus): Bus => ({
    ...bus,
    async publish(message) {
      if (state.isBroken) throw new Error('out of order');
      if (state.isFrozen) await new Promise(() => {});
      await bus.publish(message);
    },
  });
  return { state, busOf };
}

test('a message that failed is sent before the process ends', async () => {
  const { state, busOf } = breakable();
  const { database, here, there } = await open(busOf);
  database.rows.delete('a');
  state.isBroken = true;
  await here.invalidate('token:a');
  state.isBroken = false;
  await here.close();
  expect(await there.find('a', database.load)).toBeNull();
});

test('a recovery of the store at the end is published, too', async () => {
  const published: string[] = [];
  const { database, here, there, line } = await open((bus) => ({
    ...bus,
    publish(message) {
      published.push(message);
      return bus.publish(message);
    },
  }));
  database.rows.delete('a');
  line.isDown = true;
  await here.invalidate('token:a'); // the store still shows the old entry, but the other process has received the message
  expect(await there.find('a', database.load)).toBeNull();
  line.isDown = false;
  await here.close();
  expect(published.at(-1)).toMatch(/^test\|.+\|all$/);
});

test('a bus that does not answer delays the end only briefly', async () => {
  const { state, busOf } = breakable();
  const { here } = await open(busOf);
  state.isBroken = true;
  await here.invalidate('token:a');
  state.isBroken = false;
  state.isFrozen = true;
  await expect(here.close()).resolves.toBeUndefined();
});
