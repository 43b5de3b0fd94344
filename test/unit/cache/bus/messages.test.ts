import { expect, test } from 'vitest';
import { noDatabaseChanges, readMessage, recoveryFence, writeMessage } from '../../../../src/cache/bus/messages.ts';

test.each([
  ['token:a', null],
  ['user:1|2', 'fence'],
  ['all', 'fence'],
] as const)('a message about %s is read as it was written', (scope, fence) => {
  const message = writeMessage('app', scope, fence);
  expect(readMessage('app', message, noDatabaseChanges)).toEqual({ scopes: [scope], fence, isRecovery: false });
});

test('a recovery is read with its fence, and as no change', () => {
  const message = writeMessage('app', 'all', recoveryFence('fence'));
  expect(readMessage('app', message, noDatabaseChanges)).toEqual({ scopes: ['all'], fence: 'fence', isRecovery: true });
});

test('a key that is too long for a message makes it one about everything', () => {
  const message = writeMessage('app', `user:${'ü'.repeat(4000)}`, 'fence');
  expect(Buffer.byteLength(message)).toBeLessThan(8000);
  expect(readMessage('app', message, noDatabaseChanges)).toEqual({ scopes: ['all'], fence: null, isRecovery: false });
});

test.each(['other||all', 'app', 'app||everything', ''])('%j is not a message of the app', (message) => {
  expect(readMessage('app', message, noDatabaseChanges)).toBeNull();
});

test('a message without a namespace may be from a trigger', () => {
  const changes = { read: (message: string) => (message === 'changed' ? (['token:a', 'token:b'] as const) : null) };
  expect(readMessage('app', 'changed', changes)).toEqual({
    scopes: ['token:a', 'token:b'],
    fence: null,
    isRecovery: false,
  });
});
