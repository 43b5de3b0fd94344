import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createCircuitBreaker } from '../../../src/async/circuit-breaker.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('a new circuit is closed, and a failure opens it', () => {
  const breaker = createCircuitBreaker({ cooldownMs: 100, probe: async () => {} });
  expect(breaker.isClosed).toBe(true);
  breaker.open();
  expect(breaker.isClosed).toBe(false);
});

test('a probe after the cooldown closes it', async () => {
  const onClosed = vi.fn<() => void>();
  const breaker = createCircuitBreaker({ cooldownMs: 100, probe: async () => {}, onClosed });
  breaker.open();
  await vi.advanceTimersByTimeAsync(99);
  expect(breaker.isClosed).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  expect(breaker.isClosed).toBe(true);
  expect(onClosed).toHaveBeenCalledTimes(1);
});

test('a probe that fails is repeated after each cooldown', async () => {
  const probe = vi.fn<() => Promise<void>>().mockRejectedValueOnce(new Error('down')).mockResolvedValue();
  const breaker = createCircuitBreaker({ cooldownMs: 100, probe });
  breaker.open();
  await vi.advanceTimersByTimeAsync(100);
  expect(breaker.isClosed).toBe(false);
  await vi.advanceTimersByTimeAsync(100);
  expect(breaker.isClosed).toBe(true);
  expect(probe).toHaveBeenCalledTimes(2);
});

test('many failures start one timer', () => {
  const breaker = createCircuitBreaker({ cooldownMs: 100, probe: async () => {} });
  for (let count = 0; count < 10; count += 1) breaker.open();
  expect(vi.getTimerCount()).toBe(1);
});

test('a failure during a probe keeps the circuit open until the next probe', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const probe = vi.fn<() => Promise<void>>().mockReturnValueOnce(promise).mockResolvedValue();
  const breaker = createCircuitBreaker({ cooldownMs: 100, probe });
  breaker.open();
  await vi.advanceTimersByTimeAsync(100);
  breaker.open();
  resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(breaker.isClosed).toBe(false);
  await vi.advanceTimersByTimeAsync(100);
  expect(breaker.isClosed).toBe(true);
});

test('a stopped circuit has no timer, and can still be probed by hand', async () => {
  const breaker = createCircuitBreaker({ cooldownMs: 100, probe: async () => {} });
  breaker.open();
  breaker.stop();
  breaker.open();
  expect(vi.getTimerCount()).toBe(0);
  expect(await breaker.probeNow()).toBe(true);
});
