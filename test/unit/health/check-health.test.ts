import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCheckHealth } from '../../../src/health/check-health.ts';
import type { PartCheck } from '../../../src/health/look-at-part.ts';
import { createPartStates, type PartName } from '../../../src/health/part-states.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const now = () => Date.now();
const silent = { events: { emit() {} }, onWarning() {}, now };
const never = () => new Promise<never>(() => {});
const answer = async () => 1;
const fail = async () => Promise.reject(new Error('away'));

/** The health of an app with a database and these parts. */
function open(given: Partial<Record<PartName, PartCheck | null>> = {}, explainTimeout = (timeout: Error) => timeout) {
  const states = createPartStates(silent);
  const parts = { database: answer, ...given };
  const listeners = new Map(Object.keys(parts).map((part) => [part, states.watch(part as PartName)]));
  const calls: string[] = [];
  const counted = (part: PartName): PartCheck | null => {
    const check = parts[part as keyof typeof parts] ?? null;
    return check && (() => (calls.push(part), check()));
  };
  const check = createCheckHealth({
    states,
    connect() {},
    checks: {
      database: counted('database'),
      store: counted('store'),
      throttle: counted('throttle'),
    },
    explainTimeout,
    now,
  });
  return { check, calls, listenerOf: (part: PartName) => listeners.get(part) };
}

test('without a cache, health is that of the database', async () => {
  const { check } = open();
  const since = new Date();
  expect(await check()).toEqual({
    isHealthy: true,
    isDegraded: false,
    database: { status: 'up', since, latencyMs: expect.any(Number) as number },
    store: { status: 'unused' },
    bus: { status: 'unused' },
    throttle: { status: 'unused' },
  });
});

test('a database that fails is down, and no other part hides it', async () => {
  const { check } = open({ database: fail, store: answer });
  const health = await check();
  expect(health).toMatchObject({ isHealthy: false, isDegraded: false, store: { status: 'up' } });
  expect(health.database).toEqual({ status: 'down', since: new Date(), reason: 'away' });
});

test.each<PartName>(['store', 'throttle'])('a failing %s is degraded, and the app healthy', async (part) => {
  const { check } = open({ [part]: fail });
  expect(await check()).toMatchObject({
    isHealthy: true,
    isDegraded: true,
    [part]: { status: 'degraded', reason: 'away' },
  });
});

test('parts that hang are reported within a second', async () => {
  const { check } = open({ database: never, store: never, bus: null, throttle: never });
  vi.useRealTimers();
  const startedAt = performance.now();
  const health = await check();
  expect(performance.now() - startedAt).toBeLessThan(1000);
  expect(health).toMatchObject({
    isHealthy: false,
    isDegraded: true,
    database: { status: 'down', reason: 'the database did not answer within 750 ms' },
    store: { status: 'degraded', reason: 'the store did not answer within 750 ms' },
    bus: { status: 'up', latencyMs: null },
    throttle: { status: 'degraded', reason: 'the throttle did not answer within 750 ms' },
  });
});

test('what is known about the connections explains a timeout', async () => {
  const { check } = open({ database: never, store: never }, ({ message }) => new Error(`${message}: all are busy`));
  const checked = check();
  await vi.advanceTimersByTimeAsync(1000);
  vi.useRealTimers();
  expect(await checked).toMatchObject({
    database: { reason: 'the database did not answer within 750 ms: all are busy' },
    store: { reason: 'the store did not answer within 750 ms' },
  });
});

test('a part that hangs is not asked again, however often it is polled', async () => {
  const { check, calls } = open({ database: never });
  for (let poll = 0; poll < 3; poll += 1) {
    expect(await check()).toMatchObject({ isHealthy: false });
    vi.advanceTimersByTime(1000);
  }
  expect(calls).toEqual(['database']);
});

test('polls within a second share a check', async () => {
  const { check, calls } = open({ store: answer });
  await Promise.all([check(), check(), check()]);
  await vi.advanceTimersByTimeAsync(999);
  await check();
  expect(calls).toEqual(['database', 'store']);
  await vi.advanceTimersByTimeAsync(1);
  await check();
  expect(calls).toHaveLength(4);
});

test('an outage that was reported has its reason and its begin', async () => {
  const { check, listenerOf } = open({ bus: null });
  const began = new Date();
  listenerOf('bus')?.unavailable('The bus is not connected.');
  await vi.advanceTimersByTimeAsync(60_000);
  const { bus, isDegraded } = await check();
  expect(isDegraded).toBe(true);
  expect(bus).toEqual({ status: 'degraded', since: began, reason: 'The bus is not connected.' });
  listenerOf('bus')?.recovered();
  const recovered = new Date();
  await vi.advanceTimersByTimeAsync(1000);
  expect((await check()).bus).toEqual({ status: 'up', since: recovered, latencyMs: null });
});

test('a failure that only checks saw began with the first of them', async () => {
  const { check } = open({ database: fail });
  const first = new Date();
  await check();
  await vi.advanceTimersByTimeAsync(60_000);
  expect((await check()).database).toMatchObject({ since: first });
});
