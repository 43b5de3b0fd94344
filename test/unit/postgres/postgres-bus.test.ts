import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Listen } from '../../../src/cache/bus.ts';
import { postgresBus } from '../../../src/postgres/index.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A server that takes connections, and either closes each at once or answers its heartbeats. */
function open() {
  const server = { closesAtOnce: true, connections: 0, end: () => {} };
  const listen: Listen = async ({ onNotification, onEnd }) => {
    server.connections += 1;
    server.end = onEnd;
    if (server.closesAtOnce) setTimeout(onEnd, 1);
    return {
      isInProcess: false,
      isOpen: () => true,
      async notify(channel, payload) {
        if (!server.closesAtOnce) onNotification(channel, payload);
      },
      async close() {},
    };
  };
  const bus = postgresBus();
  const start = () =>
    bus.start(
      () => {},
      () => {},
      'test',
      listen,
    );
  return { bus, server, start, pass: (ms: number) => vi.advanceTimersByTimeAsync(ms) };
}

test('a server that closes each connection is tried ever more rarely', async () => {
  const { bus, server, start, pass } = open();
  start();
  await pass(10_000);
  expect(server.connections).toBeGreaterThan(10);
  expect(server.connections).toBeLessThan(20);
  await bus.close();
});

test('after its first heartbeat has come back, it reconnects quickly again', async () => {
  const { bus, server, start, pass } = open();
  start();
  await pass(10_000);
  server.closesAtOnce = false;
  await pass(1100);
  expect(bus.isConnected()).toBe(true);
  const before = server.connections;
  server.end();
  await pass(60);
  expect([bus.isConnected(), server.connections]).toEqual([true, before + 1]);
  await bus.close();
});
