import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CallCount } from '../../../src/database/records/usage-store.ts';
import { createCallCounts } from '../../../src/records/call-counts.ts';
import type { SessionRecord } from '../../../src/session.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const day = 86_400_000;

function createCounts() {
  const add = vi.fn<(counts: readonly CallCount[]) => Promise<void>>(async () => undefined);
  let time = Date.parse('2026-11-23T23:59:00Z');
  const counts = createCallCounts({ store: { add }, bounded: async (work) => work(), now: () => time });
  return {
    add,
    counts,
    advance: (milliseconds: number) => (time += milliseconds),
    call: (id: string, userId = 1) => counts.count({ id, userId, client: { name: 'web' } } as unknown as SessionRecord),
    /** What the writes that succeeded have counted, by day. */
    written: async () => {
      const calls = await Promise.allSettled(add.mock.results.map(({ value }) => value as Promise<void>));
      const batches = add.mock.calls.flatMap(([batch], index) => (calls[index]?.status === 'fulfilled' ? batch : []));
      const byDay = Map.groupBy(batches, (count) => count.day);
      return Object.fromEntries([...byDay].map(([on, all]) => [on, all.reduce((sum, { calls: n }) => sum + n, 0)]));
    },
  };
}

test('a thousand calls of a token are one count, written once a second', async () => {
  const { add, call, written } = createCounts();
  for (let calls = 0; calls < 1000; calls += 1) call('one');
  expect(add).not.toHaveBeenCalled();
  await vi.advanceTimersByTimeAsync(1000);
  expect(add.mock.calls).toEqual([[[{ client: 'web', day: '2026-11-23', userId: 1, calls: 1000 }]]]);
  expect(await written()).toEqual({ '2026-11-23': 1000 });
});

test('calls before and after midnight are of their own day', async () => {
  const { call, counts, advance, written } = createCounts();
  call('one');
  advance(120_000);
  call('one');
  call('two');
  await counts.flush();
  expect(await written()).toEqual({ '2026-11-23': 1, '2026-11-24': 2 });
});

test('what could not be written is written with the next calls', async () => {
  const { add, call, counts, advance, written } = createCounts();
  add.mockRejectedValueOnce(new Error('no database'));
  call('one');
  await counts.flush();
  advance(day);
  call('one');
  await counts.flush();
  expect(await written()).toEqual({ '2026-11-23': 1, '2026-11-24': 1 });
});

test('many tokens are written in several statements', async () => {
  const { add, call, counts, written } = createCounts();
  for (let token = 0; token < 1200; token += 1) call(`token ${token}`);
  await counts.flush();
  expect(add.mock.calls.map(([batch]) => batch.length)).toEqual([500, 500, 200]);
  expect(await written()).toEqual({ '2026-11-23': 1200 });
});

test('closing writes the counts, and later calls are not counted', async () => {
  const { call, counts, written } = createCounts();
  call('one');
  await counts.close();
  call('one');
  await vi.advanceTimersByTimeAsync(2000);
  expect(await written()).toEqual({ '2026-11-23': 1 });
});
