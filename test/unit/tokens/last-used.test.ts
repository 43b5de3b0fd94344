import { expect, test, vi } from 'vitest';
import type { TokenStore } from '../../../src/database/token-store.ts';
import type { SessionRecord } from '../../../src/session.ts';
import { createLastUsed } from '../../../src/tokens/last-used.ts';

const origin = { ipAddress: null, userAgent: null };

function createUses() {
  const recordUses = vi.fn<TokenStore['recordUses']>(async () => []);
  let time = 0;
  const lastUsed = createLastUsed({
    store: { recordUses },
    notices: { mayBeDue: () => false, emitOf: async () => undefined },
    bounded: async (work) => work(),
    now: () => time,
  });
  async function use(id: string): Promise<void> {
    time += 1000;
    lastUsed.recordUse({ id, lastUsedAt: null } as unknown as SessionRecord, origin);
    await lastUsed.flush();
  }
  return { recordUses, use };
}

test('a use is written once a minute', async () => {
  const { recordUses, use } = createUses();
  for (let seconds = 0; seconds <= 60; seconds += 1) await use('one');
  expect(recordUses).toHaveBeenCalledTimes(2);
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
