import { expect, test } from 'vitest';
import {
  identifyThisProcess,
  livenessOf,
  type ProcessIdentity,
} from '../../../../src/database/pglite/process-identity.ts';

const self: ProcessIdentity = {
  pid: 10,
  host: 'web-1',
  boot: 'b1',
  pidNamespace: 'pid:[4026531836]',
  startTicks: '500',
};
const other = { ...self, pid: 20, startTicks: '700' };
const inContainer = { pidNamespace: 'pid:[4026532001]' };
const running = (startTicks: string | null) => () => ({ isRunning: true, startTicks });
const ended = () => ({ isRunning: false, startTicks: null });

test.for([
  ['runs', other, self, running('700'), 'alive'],
  ['has ended', other, self, ended, 'dead'],
  ['has ended, and its pid is used again', other, self, running('900'), 'dead'],
  ['ended when the machine did', { ...other, boot: 'b0' }, self, running('700'), 'dead'],
  ['is this one', self, self, running('500'), 'this process'],
  ['had the pid of this one', { ...self, startTicks: '400' }, self, running('500'), 'dead'],
  ['runs on another machine', { ...other, host: 'web-2' }, self, ended, 'unknown'],
  ['runs in a container, seen from outside', { ...other, ...inContainer }, self, ended, 'unknown'],
  ['runs outside of the container', other, { ...self, ...inContainer }, ended, 'unknown'],
  [
    'ran in this container before it restarted',
    { ...other, ...inContainer },
    { ...self, pidNamespace: 'pid:[4026532002]' },
    running('700'),
    'dead',
  ],
  ['has a pid, where the platform tells no more', { ...other, startTicks: null }, self, running(null), 'unknown'],
] as const)('a process that %s', ([, owner, from, look, liveness]) => {
  expect(livenessOf(owner, from, look)).toBe(liveness);
});

test('this process recognises itself', () => {
  expect(livenessOf(identifyThisProcess(), identifyThisProcess())).toBe('this process');
});

test.runIf(process.platform === 'linux')('a process with another start is another process', () => {
  expect(livenessOf({ ...identifyThisProcess(), startTicks: '1' }, identifyThisProcess())).toBe('dead');
});
