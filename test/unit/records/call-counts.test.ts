import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { CallCount } from '../../../src/database/records/usage-store.ts';
import { DurinError, DurinUsageError } from '../../../src/errors.ts';
import { type CountableCall, createCallCounts } from '../../../src/records/call-counts.ts';
import type { SessionRecord } from '../../../src/session.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const day = 86_400_000;

/** What the database's statements reject with. */
const failure = (message: string, code?: string) =>
  new DurinError('STORE_UNAVAILABLE', { cause: Object.assign(new Error(message), code === undefined ? {} : { code }) });
const outage = failure('connect ECONNREFUSED', 'ECONNREFUSED');

function createCounts() {
  const add = vi.fn<(counts: readonly CallCount[]) => Promise<void>>(async () => undefined);
  let time = Date.parse('2026-11-23T23:59:00Z');
  const lines: string[] = [];
  const onWarning = (line: string) => void lines.push(line);
  const counts = createCallCounts({ store: { add }, bounded: async (work) => work(), onWarning, now: () => time });
  return {
    add,
    counts,
    lines,
    advance: (milliseconds: number) => (time += milliseconds),
    call(id: string, call: CountableCall = { counted: null }): CountableCall {
      counts.count({ id, userId: 1, client: { name: 'web' } } as unknown as SessionRecord, call);
      return call;
    },
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

test.each([
  ['an outage', outage],
  ['a timeout', failure('the database did not answer within 1000 ms')],
  ['a deadlock', failure('deadlock detected', '40P01')],
])('what %s kept back is written with the next calls', async (_, error) => {
  const { add, call, counts, advance, lines, written } = createCounts();
  add.mockRejectedValueOnce(error);
  call('one');
  await counts.flush();
  advance(day);
  call('one');
  await counts.flush();
  expect(await written()).toEqual({ '2026-11-23': 1, '2026-11-24': 1 });
  expect(lines).toEqual([]);
});

test('in a long outage, the calls of many tokens are one count a token', async () => {
  const { add, call, counts, written } = createCounts();
  add.mockRejectedValue(outage);
  for (let second = 0; second < 100; second += 1) {
    for (let token = 0; token < 1000; token += 1) call(`token ${token}`);
    await counts.flush();
  }
  add.mockReset().mockResolvedValue(undefined);
  await counts.flush();
  expect(add.mock.calls.map(([batch]) => batch.length)).toEqual([500, 500]);
  expect(await written()).toEqual({ '2026-11-23': 100_000 });
});

test.each([
  ['a missing right', failure('permission denied', '42501'), 'permission denied'],
  ['a failed constraint', failure('violates check constraint', '23514'), 'violates check constraint'],
  [
    'a missing table',
    new DurinError('STORE_UNAVAILABLE', { cause: new DurinUsageError('durin_usage does not exist') }),
    'durin_usage does not exist',
  ],
  ['a value that no row has', new DurinUsageError('a value does not fit'), 'a value does not fit'],
])('what %s refuses is dropped, reported once, and keeps back no others', async (_, error, reason) => {
  const { add, call, counts, lines, written } = createCounts();
  add.mockRejectedValueOnce(error).mockRejectedValueOnce(error);
  for (let token = 0; token < 1200; token += 1) call(`token ${token}`);
  await counts.flush();
  expect(await written()).toEqual({ '2026-11-23': 200 });
  expect(lines).toEqual([`trpc-durin: calls are not counted: ${reason}`]);
  await counts.flush();
  expect(add).toHaveBeenCalledTimes(3);
  add.mockRejectedValueOnce(error);
  call('one');
  await counts.flush();
  expect(lines).toHaveLength(2); // it had worked in between
});

test('calls of the session of a test are not counted', async () => {
  const { add, counts } = createCounts();
  const session = { id: 'one', userId: 1, client: { name: 'web' }, isOfTest: true } as unknown as SessionRecord;
  counts.count(session, { counted: null });
  await counts.flush();
  expect(add).not.toHaveBeenCalled();
});

test('a call counts once', async () => {
  const { call, counts, written } = createCounts();
  call('one', call('one'));
  await counts.flush();
  expect(await written()).toEqual({ '2026-11-23': 1 });
});

test('a call that is taken back before it is written leaves no count', async () => {
  const { add, call, counts, written } = createCounts();
  counts.takeBack(call('one'));
  await counts.flush();
  expect(add).not.toHaveBeenCalled();
  const taken = call('one');
  call('one');
  counts.takeBack(taken);
  counts.takeBack(taken);
  await vi.advanceTimersByTimeAsync(1000);
  expect(await written()).toEqual({ '2026-11-23': 1 });
});

test('a call that is taken back later is subtracted from its own day', async () => {
  const { add, call, counts, advance, written } = createCounts();
  const taken = call('one');
  await counts.flush();
  advance(day);
  counts.takeBack(taken);
  call('one');
  await vi.advanceTimersByTimeAsync(1000);
  expect(add.mock.calls.flat(2).map(({ calls }) => calls)).toEqual([1, -1, 1]);
  expect(await written()).toEqual({ '2026-11-23': 0, '2026-11-24': 1 });
});

test('a call that is taken back may be counted again', async () => {
  const { call, counts, written } = createCounts();
  const again = call('one');
  counts.takeBack(again);
  call('one', again);
  await counts.flush();
  expect(await written()).toEqual({ '2026-11-23': 1 });
});

test('in an outage, calls of 50,000 tokens wait, and those of others do not', async () => {
  const { add, call, counts, written } = createCounts();
  add.mockRejectedValue(outage);
  for (let token = 0; token < 30_000; token += 1) call(`token ${token}`);
  await counts.flush();
  for (let token = 30_000; token < 50_000; token += 1) call(`token ${token}`);
  counts.takeBack(call('one more'));
  call('token 0');
  add.mockReset().mockResolvedValue(undefined);
  await counts.flush();
  expect(await written()).toEqual({ '2026-11-23': 50_001 });
  call('one more');
  await counts.flush();
  expect(await written()).toEqual({ '2026-11-23': 50_002 });
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
