import { createClient } from 'redis';
import { vi } from 'vitest';
import { redisBus } from '../../../src/redis/index.ts';

/** Buses that record what they receive, and are closed after each test. */
export function createBusProbe() {
  const open: { close(): Promise<void> }[] = [];

  function join(url: string, channel?: string) {
    const bus = redisBus({ url, channel });
    const messages: string[] = [];
    const lostAt: number[] = [];
    bus.start(
      (message) => void messages.push(message),
      () => void lostAt.push(performance.now()),
    );
    open.push(bus);
    return {
      bus,
      messages,
      losses: () => lostAt.length,
      connected: (timeout = 5000) => until(() => bus.isConnected(), timeout),
      disconnected: (timeout = 5000) => until(() => !bus.isConnected(), timeout),
      lost: (times: number, timeout = 5000) => until(() => lostAt.length >= times, timeout),
      received: (message: string) => until(() => messages.includes(message), 5000),
      async subscribersOf(name: string): Promise<number> {
        const client = await createClient({ url }).connect();
        const counts = await client.pubSubNumSub([name]);
        client.destroy();
        return counts[name] ?? 0;
      },
    };
  }

  return {
    join,
    closeAll: async () => {
      await Promise.all(open.splice(0).map((bus) => bus.close()));
    },
  };
}

/** Waits until a condition holds, and returns after how many milliseconds it did. */
async function until(isSo: () => boolean, timeout: number): Promise<number> {
  const startedAt = performance.now();
  const check = () => {
    if (!isSo()) throw new Error(`not so within ${timeout} ms: ${String(isSo)}`);
  };
  await vi.waitFor(check, { timeout, interval: 1 });
  return performance.now() - startedAt;
}
