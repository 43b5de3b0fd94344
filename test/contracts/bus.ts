import { setTimeout as wait } from 'node:timers/promises';
import { expect, test, vi } from 'vitest';
import type { Bus } from '../../src/cache/bus.ts';
import { DurinUsageError } from '../../src/index.ts';
import type { BusMember } from '../support/bus/bus-probe.ts';

export interface BusContract {
  /** Starts a bus of another process of the app. It is closed after the test. */
  readonly join: () => BusMember;
  /** Creates a bus that is not started. */
  readonly create: () => Bus;
  /** How many buses of the app are connected, as the server knows. */
  readonly countConnected: () => Promise<number>;
}

const unconnected = /client|closed|not connected/i;

/** What every bus between processes does. */
export function testBus({ join, create, countConnected }: BusContract): void {
  test('every process receives each message once, within 50 ms', async () => {
    const [sender, ...listeners] = [join(), join(), join()];
    await Promise.all([sender, ...listeners].map((member) => member?.connected()));
    const times: number[] = [];
    for (let index = 0; index < 100; index += 1) {
      const startedAt = performance.now();
      const message = `token:${index}`;
      const received = [sender, ...listeners].map((member) => member?.received(message)); // by the sender as well
      await Promise.all([sender?.bus.publish(message), ...received]);
      times.push(performance.now() - startedAt);
    }
    const median = times.toSorted((a, b) => a - b)[50] ?? Infinity;
    const longest = Math.max(...times);
    console.log(`100 messages: received after ${median.toFixed(2)} ms in the middle, ${longest.toFixed(1)} ms at most`);
    expect(median).toBeLessThan(50);
    for (const { messages } of [sender, ...listeners].filter((member) => member !== undefined))
      expect(messages).toEqual(Array.from({ length: 100 }, (_, index) => `token:${index}`));
  });

  test('it is connected once its first heartbeat has come back', async () => {
    const member = join();
    expect(member.bus.isConnected()).toBe(false);
    expect(member.losses()).toBe(0);
    await member.connected();
    expect(member.losses()).toBe(1);
  });

  test('it is connected when it reports that it has connected', async () => {
    const member = join();
    await member.connected();
    await member.bus.close();
    expect(member.states).toEqual(['connected', 'lost']);
  });

  test('it does not connect before it is started', async () => {
    const bus = create();
    expect(bus.isConnected()).toBe(false);
    await expect(bus.publish('all')).rejects.toThrow(unconnected);
    await bus.close();
  });

  test('a closed bus sends and receives nothing', async () => {
    const [one, other] = [join(), join()];
    await Promise.all([one.connected(), other.connected()]);
    await one.bus.close();
    await one.bus.close();
    expect(one.bus.isConnected()).toBe(false);
    expect(one.losses()).toBe(2);
    await expect(one.bus.publish('all')).rejects.toThrow(unconnected);
    await other.bus.publish('all');
    await other.received('all');
    expect(one.messages).toEqual([]);
  });

  test('closed while connecting, it leaves no connection behind', async () => {
    const members = Array.from({ length: 5 }, join);
    for (const [turn, { bus }] of members.entries()) {
      await wait(turn); // a connection in each of its states
      await bus.close();
    }
    await join().connected();
    await vi.waitFor(async () => expect(await countConnected()).toBe(1), 2000);
    for (const { bus } of members) expect(bus.isConnected()).toBe(false);
  });

  test('a bus serves a single durin', async () => {
    const { bus } = join();
    const start = () =>
      bus.start(
        () => {},
        () => {},
      );
    expect(start).toThrow(DurinUsageError);
  });
}
