import { expect, test } from 'vitest';
import { createSingleFlight } from '../../../src/async/single-flight.ts';

/** A load that ends when the test says so. */
function openLoad() {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  return { load: () => promise, resolve, reject };
}

test('a load is found by its key while it is in flight', async () => {
  const loads = createSingleFlight<string>();
  const { load, resolve } = openLoad();
  const answer = loads.start('a', load);
  expect(loads.inFlight('a')?.answer).toBe(answer);
  expect(loads.inFlight('b')).toBeUndefined();
  resolve('loaded');
  expect(await answer).toBe('loaded');
  expect(loads.inFlight('a')).toBeUndefined();
});

test('a load that fails is no longer found, and has settled', async () => {
  const loads = createSingleFlight<string>();
  const { load, reject } = openLoad();
  const answer = loads.start('a', load);
  const settled = loads.inFlight('a')?.settled;
  reject(new Error('out of order'));
  await expect(answer).rejects.toThrow('out of order');
  await expect(settled).resolves.toBeDefined();
  expect(loads.inFlight('a')).toBeUndefined();
});

test('numbers show which of two things started first', () => {
  const loads = createSingleFlight<string>();
  const before = loads.nextNumber();
  void loads.start('a', openLoad().load);
  const after = loads.nextNumber();
  const number = loads.inFlight('a')?.number;
  expect(number).toBeGreaterThan(before);
  expect(number).toBeLessThan(after);
});

test('an outdated load continues, learns that it is, and is not found', async () => {
  const loads = createSingleFlight<string>();
  const { load, resolve } = openLoad();
  const answer = loads.start('a', async (isOutdated) => `${await load()}, outdated: ${isOutdated()}`);
  void loads.start('b', openLoad().load);
  loads.outdate((key) => key === 'a');
  expect(loads.inFlight('a')).toBeUndefined();
  expect(loads.inFlight('b')).toBeDefined();
  resolve('loaded');
  expect(await answer).toBe('loaded, outdated: true');
});

test('the end of an outdated load leaves its successor in flight', async () => {
  const loads = createSingleFlight<string>();
  const [first, second] = [openLoad(), openLoad()];
  const outdated = loads.start('a', first.load);
  loads.outdate(() => true);
  const current = loads.start('a', second.load);
  first.resolve('old');
  await outdated;
  expect(loads.inFlight('a')?.answer).toBe(current);
  second.resolve('new');
  expect(await current).toBe('new');
});
