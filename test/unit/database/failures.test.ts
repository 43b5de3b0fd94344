import { expect, test, vi } from 'vitest';
import { isOutage, isSqlState, isUnstorable, onUnknownOutcome } from '../../../src/database/failures.ts';
import { DurinError } from '../../../src/errors.ts';

const withCode = (code: unknown) => Object.assign(new Error('failed'), { code });

test.each([
  ...['ECONNREFUSED', 'ECONNRESET', 'EPIPE', 'ETIMEDOUT', 'ENOTFOUND'].map(withCode),
  ...['08006', '08P01', '53300', '57P01', '57P03'].map(withCode),
  new Error('Connection terminated unexpectedly'),
  new Error('timeout exceeded when trying to connect'),
  new Error('Query read timeout'),
  new Error('Client has encountered a connection error and is not queryable'),
  new Error('PGlite is closed'),
])('an unreachable database is an outage: %s', (error) => {
  expect(isOutage(error)).toBe(true);
});

test.each([
  ...['23505', '42P01', '22P02', '25P02', '40P01', 'ERR_ASSERTION'].map(withCode),
  new Error('no such user'),
  new Error('Registration is closed'),
  new Error('The shop is closed: connection timeout'),
  new TypeError('x is not a function'),
  'Connection terminated',
  null,
  undefined,
])('other failures are not an outage: %s', (error) => {
  expect(isOutage(error)).toBe(false);
});

test('an unstorable value is recognized by its SQLSTATE', () => {
  for (const code of ['22001', '22003', '22021', '22P02', '22P05']) expect(isUnstorable(withCode(code))).toBe(true);
  const withNul = Object.assign(new Error('invalid message format'), { code: '08P01' });
  expect(isUnstorable(withNul)).toBe(true);
  for (const error of [withCode('08P01'), withCode('23505'), withCode(22_001), new Error('22001'), null])
    expect(isUnstorable(error)).toBe(false);
});

test.each(['00000', '08006', '0A000', '23505', '42P01', '57P01', 'F0000', 'HV00B', 'P0001', 'XX000'])(
  '%s is an SQLSTATE',
  (code) => {
    expect(isSqlState(code)).toBe(true);
  },
);

const otherCodes = [
  'EPIPE',
  'EPERM',
  'EBUSY',
  'ECONNRESET',
  'ERR_ASSERTION',
  '',
  '2350',
  '235055',
  '23505 ',
  '42p01',
  'ABCDE',
];

test.each(otherCodes)('%j is no SQLSTATE', (code) => {
  expect(isSqlState(code)).toBe(false);
});

const writeFailures: [boolean, unknown][] = [
  [true, withCode('ECONNRESET')],
  [true, withCode('EHOSTUNREACH')],
  [true, withCode('57P01')],
  [true, new Error('Connection terminated unexpectedly')],
  [true, new Error('Query read timeout')],
  [true, new Error('the database did not answer within 5 ms')],
  [false, new Error('no connection to the database was free within 5 ms')],
  [false, Object.assign(withCode('ETIMEDOUT'), { syscall: 'connect' })],
  [false, new Error('Connection terminated due to connection timeout')],
  [false, withCode('ECONNREFUSED')],
  [false, withCode('23505')],
];

test.each(writeFailures)('the outcome of a write is unknown (%s) after: %s', async (isUnknown, cause) => {
  const error = new DurinError('STORE_UNAVAILABLE', { cause });
  const callback = vi.fn<() => Promise<void>>().mockResolvedValue();
  await expect(onUnknownOutcome(Promise.reject(error), callback)).rejects.toBe(error);
  expect(callback).toHaveBeenCalledTimes(isUnknown ? 1 : 0);
});
