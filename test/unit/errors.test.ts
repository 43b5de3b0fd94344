import { inspect } from 'node:util';
import { TRPCError } from '@trpc/server';
import { expect, test, vi } from 'vitest';
import { DurinError, DurinUsageError, isDurinError } from '../../src/errors.ts';
import { createResponseMeta } from '../../src/trpc/response-headers.ts';

/** Another copy of the module, as a bundler or a framework may load it. */
async function otherCopy() {
  vi.resetModules();
  const other = await import('../../src/errors.ts');
  expect(other.DurinError).not.toBe(DurinError);
  return other;
}

test('an error of another copy of the package is recognised', async () => {
  const other = await otherCopy();
  const error = new other.DurinError('THROTTLED', { retryAfter: 3 });
  expect(error instanceof DurinError).toBe(false);
  expect(isDurinError(error)).toBe(true);
  expect(other.isDurinError(new DurinError('NO_CREDENTIALS'))).toBe(true);
});

test('nothing else is', () => {
  const others = [
    new TRPCError({ code: 'UNAUTHORIZED' }),
    new DurinUsageError('no'),
    { durin: { code: 'X' } },
    null,
    'x',
  ];
  expect(others.map(isDurinError)).toEqual(others.map(() => false));
});

test('the brand is not copied or printed', () => {
  const error = new DurinError('NO_CREDENTIALS');
  expect(isDurinError(Object.assign({}, error))).toBe(false);
  expect(inspect(error)).not.toContain('trpc-durin.DurinError');
});

test('response headers are set for an error of another copy', async () => {
  const other = await otherCopy();
  const responseMeta = createResponseMeta({
    scheme: 'Token',
    isPrivate: () => false,
    limitsOf: () => [],
    hasUsedCookie: () => false,
    now: () => 0,
  });
  const { headers } = responseMeta({ ctx: undefined, errors: [new other.DurinError('THROTTLED', { retryAfter: 3 })] });
  expect(headers.get('Retry-After')).toBe('3');
});

test.each([
  ['NO_CREDENTIALS', 401],
  ['NO_CLIENT', 400],
  ['CLIENT_NOT_ALLOWED', 403],
  ['SESSION_NOT_FOUND', 404],
  ['API_ACCESS_EXISTS', 409],
  ['THROTTLED', 429],
  ['STORE_UNAVAILABLE', 503],
] as const)('the HTTP status of %s is %i', (code, status) => {
  expect(new DurinError(code).httpStatus).toBe(status);
});
