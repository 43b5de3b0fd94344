import { createClient } from 'redis';
import { vi } from 'vitest';
import { redisBus } from '../../../src/redis/index.ts';

/** Buses that note what they hear, and are closed after each test. */
export function createBusProbe() {
  const open: { close(): Promise<void> }[] = [];

  function join(url: string, channel?: string) {
    const bus = redisBus({ url, channel });
    const messages: string[] = [];
    const doubtedAt: number[] = [];
    bus.start(
      (message) => void messages.push(message),
      () => void doubtedAt.push(performance.now()),
    );
    open.push(bus);
    return {
      bus,
      messages,
      doubts: () => doubtedAt.length,
      connected: (timeout = 5000) => until(() => bus.isConnected(), timeout),
      disconnected: (timeout = 5000) => until(() => !bus.isConnected(), timeout),
      doubted: (times: number, timeout = 5000) => until(() => doubtedAt.length >= times, timeout),
      heard: (message: string) => until(() => messages.includes(message), 5000),
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

/** Waits until something is so, and tells after how many milliseconds it was. */
async function until(isSo: () => boolean, timeout: number): Promise<number> {
  const startedAt = performance.now();
  const check = () => {
    if (!isSo()) throw new Error(`not so within ${timeout} ms: ${String(isSo)}`);
  };
  await vi.waitFor(check, { timeout, interval: 1 });
  return performance.now() - startedAt;
}
