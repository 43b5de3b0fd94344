import { AsyncLocalStorage } from 'node:async_hooks';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDelayedWrite } from '../../../src/async/delayed-write.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const delayMs = 250;

function createWrites() {
  const write = vi.fn<() => Promise<void>>(async () => undefined);
  return { write, writes: createDelayedWrite(write, delayMs) };
}

test('what is scheduled during the delay is one write', async () => {
  const { write, writes } = createWrites();
  writes.schedule();
  await vi.advanceTimersByTimeAsync(delayMs - 1);
  writes.schedule();
  expect(write).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1);
  expect(write).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(10 * delayMs);
  expect(write).toHaveBeenCalledTimes(1);
  writes.schedule();
  await vi.advanceTimersByTimeAsync(delayMs);
  expect(write).toHaveBeenCalledTimes(2);
});

test('flush writes at once, in place of the scheduled write', async () => {
  const { write, writes } = createWrites();
  writes.schedule();
  await writes.flush();
  expect(write).toHaveBeenCalledTimes(1);
  await vi.advanceTimersByTimeAsync(10 * delayMs);
  expect(write).toHaveBeenCalledTimes(1);
});

test('flush during a write waits for it, and then writes again', async () => {
  const { write, writes } = createWrites();
  const first = Promise.withResolvers<void>();
  write.mockReturnValueOnce(first.promise);
  writes.schedule();
  await vi.advanceTimersByTimeAsync(delayMs);
  const onFlushed = vi.fn<() => void>();
  const flushed = writes.flush().then(onFlushed);
  await vi.advanceTimersByTimeAsync(10 * delayMs);
  expect(write).toHaveBeenCalledTimes(1);
  expect(onFlushed).not.toHaveBeenCalled();
  first.resolve();
  await flushed;
  expect(write).toHaveBeenCalledTimes(2);
});

test('what is scheduled during a write is written after it', async () => {
  const { write, writes } = createWrites();
  const first = Promise.withResolvers<void>();
  write.mockReturnValueOnce(first.promise);
  writes.schedule();
  await vi.advanceTimersByTimeAsync(delayMs);
  writes.schedule();
  await vi.advanceTimersByTimeAsync(delayMs);
  expect(write).toHaveBeenCalledTimes(1);
  first.resolve();
  await vi.advanceTimersByTimeAsync(0);
  expect(write).toHaveBeenCalledTimes(2);
});

test('a write runs outside of the transaction that scheduled it', async () => {
  const transaction = new AsyncLocalStorage<string>();
  const { write, writes } = createWrites();
  const seen: unknown[] = [];
  write.mockImplementation(async () => void seen.push(transaction.getStore()));
  transaction.run('of a call', () => writes.schedule());
  await vi.advanceTimersByTimeAsync(delayMs);
  await transaction.run('of a call', () => writes.flush());
  expect(seen).toEqual([undefined, undefined]);
});

test('close writes for the last time', async () => {
  const { write, writes } = createWrites();
  writes.schedule();
  expect(writes.isClosed).toBe(false);
  const closed = writes.close();
  expect(writes.isClosed).toBe(true);
  await closed;
  await vi.advanceTimersByTimeAsync(10 * delayMs);
  expect(write).toHaveBeenCalledTimes(1);
});
