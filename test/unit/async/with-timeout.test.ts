import { expect, test } from 'vitest';
import { withTimeout } from '../../../src/async/with-timeout.ts';

const never = () => new Promise<never>(() => {});
const failing = () => {
  throw new Error('out of order');
};
const toUnavailable = (cause: Error) => new TypeError('unavailable', { cause });

test('work that ends in time decides the outcome', async () => {
  const options = { timeoutMs: 5000, service: 'Redis' };
  expect(await withTimeout(() => 'at once', options)).toBe('at once');
  expect(await withTimeout(async () => 'later', options)).toBe('later');
  await expect(withTimeout(failing, options)).rejects.toThrow('out of order');
});

test('work that takes longer fails, naming the service and the timeout', async () => {
  await expect(withTimeout(never, { timeoutMs: 1, service: 'Redis' })).rejects.toThrow(
    'Redis did not answer within 1 ms',
  );
});

test('toError replaces the timeout', async () => {
  const options = { timeoutMs: 1, service: 'Redis', toError: toUnavailable };
  await expect(withTimeout(never, options)).rejects.toThrow(TypeError);
});
