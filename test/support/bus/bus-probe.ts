import { vi } from 'vitest';
import type { Bus, Listen } from '../../../src/cache/bus.ts';

/** Starts buses that record what they receive, and closes them after each test. */
export function createBusProbe() {
  const open: Bus[] = [];

  function observe(bus: Bus, listen?: Listen) {
    const messages: string[] = [];
    const lostAt: number[] = [];
    const states: ('connected' | 'lost')[] = [];
    bus.start(
      (message) => void messages.push(message),
      () => {
        lostAt.push(performance.now());
        states.push(bus.isConnected() ? 'connected' : 'lost');
      },
      undefined,
      listen,
    );
    open.push(bus);
    return {
      bus,
      messages,
      losses: () => lostAt.length,
      /** Whether the bus was connected at each possible loss. */
      states,
      connected: (timeout = 5000) => until(() => bus.isConnected(), timeout),
      disconnected: (timeout = 5000) => until(() => !bus.isConnected(), timeout),
      lost: (times: number, timeout = 5000) => until(() => lostAt.length >= times, timeout),
      received: (message: string) => until(() => messages.includes(message), 5000),
    };
  }

  return {
    observe,
    closeAll: async () => {
      await Promise.all(open.splice(0).map((bus) => bus.close()));
    },
  };
}

export type BusMember = ReturnType<ReturnType<typeof createBusProbe>['observe']>;

/** Waits until a condition holds, and returns after how many milliseconds it did. */
async function until(isSo: () => boolean, timeout: number): Promise<number> {
  const startedAt = performance.now();
  const check = () => {
    if (!isSo()) throw new Error(`not so within ${timeout} ms: ${String(isSo)}`);
  };
  await vi.waitFor(check, { timeout, interval: 1 });
  return performance.now() - startedAt;
}
