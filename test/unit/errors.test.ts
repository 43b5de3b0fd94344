import { inspect } from 'node:util';
import { TRPCError } from '@trpc/server';
import { describe, expect, test, vi } from 'vitest';
import { copyError, DurinError, DurinUsageError, isDurinError } from '../../src/errors.ts';
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
    hasCookie: () => false,
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

test('a copy has the sentence, the data and the cause of its error', () => {
  const refusals = [
    new DurinError('NOT_ADMIN', { sentence: 'You may only read.' }),
    new DurinError('THROTTLED', { retryAfter: 3, scope: 'search' }),
    new DurinError('STORE_UNAVAILABLE', { cause: new Error('an outage') }),
  ];
  for (const error of refusals) {
    const copy = copyError(error);
    expect(copy).not.toBe(error);
    expect(copy).toBeInstanceOf(DurinError);
    const { code, durin, httpStatus, message, cause } = error;
    expect(copy).toMatchObject({ code, durin, httpStatus, message, cause });
  }
});

describe('toResponse', () => {
  test('announces the scheme Token for an error from elsewhere', async () => {
    const response = new DurinError('TOKEN_EXPIRED').toResponse();
    expect(response.status).toBe(401);
    expect(Object.fromEntries(response.headers)).toEqual({
      'cache-control': 'no-store',
      'content-type': 'application/json',
      'www-authenticate': 'Token realm="api", error="invalid_token"',
    });
    expect(await response.json()).toEqual({ message: 'The given token has expired.', code: 'TOKEN_EXPIRED' });
  });

  test('has the data of the error, and when to try again', async () => {
    const response = new DurinError('THROTTLED', { retryAfter: 3, scope: 'search' }).toResponse();
    expect(response.headers.get('retry-after')).toBe('3');
    expect(response.headers.get('www-authenticate')).toBeNull();
    expect(await response.json()).toMatchObject({ code: 'THROTTLED', retryAfter: 3, scope: 'search' });
  });

  test('never has the cause', async () => {
    const response = new DurinError('STORE_UNAVAILABLE', { cause: new Error('a secret') }).toResponse();
    expect(await response.text()).not.toContain('secret');
  });

  test('works for an error of another copy of the package', async () => {
    const other = await otherCopy();
    const error = new other.DurinError('CLIENT_NOT_ALLOWED');
    expect(DurinError.withHeaders(error, new Headers({ 'x-limit': '1' }))).toBe(error);
    expect(error.toResponse().status).toBe(403);
  });

  test('has the headers of its own request where requests share an error', () => {
    const shared = new DurinError('STORE_UNAVAILABLE', { cause: 'an outage' });
    const [first, second] = ['1', '2'].map((limit) =>
      DurinError.withHeaders(shared, new Headers({ ratelimit: limit })),
    );
    expect(first?.toResponse().headers.get('ratelimit')).toBe('1');
    expect(second?.toResponse().headers.get('ratelimit')).toBe('2');
    expect(second).toMatchObject({ durin: shared.durin, cause: shared.cause, message: shared.message });
  });

  test('may be called again', () => {
    const error = DurinError.withHeaders(new DurinError('THROTTLED'), new Headers({ ratelimit: '1' }));
    error.toResponse().headers.delete('ratelimit');
    expect(error.toResponse().headers.get('ratelimit')).toBe('1');
  });
});
