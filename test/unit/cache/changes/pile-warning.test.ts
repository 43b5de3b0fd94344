import { afterEach, expect, test } from 'vitest';
import { pileWarningOf } from '../../../../src/cache/changes/pile-warning.ts';
import { joinProcess, type ProcessPeers } from '../../../../src/cache/changes/process-peers.ts';

const open: ProcessPeers[] = [];
afterEach(() => {
  for (const peers of open.splice(0)) peers.leave();
});

function join(namespace = 'shop', hasBus = true): ProcessPeers {
  const peers = joinProcess(namespace, { receive() {}, hasBus });
  open.push(peers);
  return peers;
}

const joinTimes = (times: number) => Array.from({ length: times }, () => pileWarningOf(join()));

test('the ninth durin with a bus is warned of, and no other', () => {
  const warnings = joinTimes(20);
  expect(warnings.flatMap((warning, index) => (warning === null ? [] : [index + 1]))).toEqual([9]);
  expect(warnings[8]).toContain('this process has 9 durins for the same tables');
});

test('durins that are closed, without a bus, or on other tables do not count', () => {
  joinTimes(7);
  open.pop()?.leave();
  join('shop', false);
  join('another shop');
  expect(joinTimes(3).map((warning) => warning !== null)).toEqual([false, false, true]);
});
