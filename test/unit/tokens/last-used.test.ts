import { expect, test, vi } from 'vitest';
import type { TokenStore } from '../../../src/database/token-store.ts';
import type { SessionRecord } from '../../../src/session.ts';
import { createLastUsed } from '../../../src/tokens/last-used.ts';

const origin = { ipAddress: null, userAgent: null };

function createUses({ intervalMs = 60_000 } = {}) {
  const recordUses = vi.fn<TokenStore['recordUses']>(async () => []);
  let time = 0;
  const lastUsed = createLastUsed({
    store: { recordUses },
    notices: { mayBeDue: () => false, emitOf: async () => undefined },
    intervalMs,
    bounded: async (work) => work(),
    now: () => time,
  });
  async function use(id: string, isExtendedByUse = false): Promise<void> {
    time += 1000;
    lastUsed.recordUse({ id, lastUsedAt: null, isExtendedByUse } as unknown as SessionRecord, origin);
    await lastUsed.flush();
  }
  /** The intervals of the writes. */
  const intervals = () => recordUses.mock.calls.map(([, everyMs]) => everyMs / 1000);
  return { recordUses, intervals, use, lastUsed };
}

test('a use is written once a minute', async () => {
  const { recordUses, use } = createUses();
  for (let seconds = 0; seconds <= 60; seconds += 1) await use('one');
  expect(recordUses).toHaveBeenCalledTimes(2);
});

test.each([
  [10, 7],
  [60, 2],
  [3600, 1],
])('with an interval of %i seconds, sixty-one uses are %i writes', async (seconds, writes) => {
  const { intervals, use } = createUses({ intervalMs: seconds * 1000 });
  for (let used = 0; used <= 60; used += 1) await use('one');
  expect(intervals()).toEqual(Array.from({ length: writes }, () => seconds));
});

test.each([
  [10, 10],
  [60, 60],
  [3600, 60],
])('at %i seconds, uses that extend a session are written every %i', async (seconds, every) => {
  const { intervals, use } = createUses({ intervalMs: seconds * 1000 });
  for (let used = 0; used <= 60; used += 1) await use('one', true);
  expect(intervals()).toEqual(Array.from({ length: Math.floor(60 / every) + 1 }, () => every));
});

test('uses of both kinds are written by one flush', async () => {
  const { recordUses, lastUsed } = createUses({ intervalMs: 3_600_000 });
  for (const [id, isExtendedByUse] of [
    ['one', true],
    ['two', false],
    ['three', true],
  ])
    lastUsed.recordUse({ id, lastUsedAt: null, isExtendedByUse } as unknown as SessionRecord, origin);
  await lastUsed.flush();
  const written = recordUses.mock.calls.map(([uses, everyMs]) => [uses.map(({ id }) => id), everyMs]);
  expect(written).toEqual([
    [['one', 'three'], 60_000],
    [['two'], 3_600_000],
  ]);
});

test.each([
  ['was skipped', async () => ['one']],
  ['failed', () => Promise.reject(new Error('frozen'))],
])('after a write that %s, the next use is written', async (_, answer) => {
  const { recordUses, use } = createUses();
  recordUses.mockImplementationOnce(answer);
  for (let uses = 0; uses < 3; uses += 1) await use('one');
  expect(recordUses).toHaveBeenCalledTimes(2);
});
