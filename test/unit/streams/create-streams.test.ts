import { expect, test } from 'vitest';
import { createChanges } from '../../../src/cache/changes/changes.ts';
import { createStreams } from '../../../src/streams/create-streams.ts';
import { codeOf } from '../../support/arena.ts';
import { createStreamWorld } from './stream-world.ts';

async function* waiting() {
  yield 'open';
  await new Promise(() => {});
}

test('a look-up that is never answered stops no later one', async () => {
  const record = createStreamWorld().store('a');
  let lookUps = 0;
  const { followCall } = createStreams({
    async findStored() {
      lookUps += 1;
      return lookUps === 1 ? new Promise<never>(() => {}) : null;
    },
    authenticate: () => Promise.reject(new Error('not called')),
    activeUser: { isActive: () => true },
    codec: { tokenOf: (selector) => selector },
    changes: createChanges(),
    bus: null,
    database: { outsideTransaction: (work) => work() },
    recheckMs: 10,
    timeoutMs: 50,
    now: Date.now,
  });
  const call = { record, since: 0, type: 'subscription', isStreamed: false, signal: undefined } as const;
  const does = { refusalOf: () => null, typeError() {}, onResult() {} };
  const { data } = followCall({ ...call, ...does })({ ok: true, data: waiting() });
  const iterator = data[Symbol.asyncIterator]();
  await iterator.next();
  expect(await iterator.next().catch(codeOf)).toBe('INVALID_TOKEN');
  expect(lookUps).toBe(2);
});
