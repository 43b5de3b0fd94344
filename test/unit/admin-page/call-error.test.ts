import { TRPCClientError } from '@trpc/client';
import { expect, test } from 'vitest';
import { describeError, isNotAdmin, toHttpError } from '../../../admin-page/data/call-error.ts';

test('a login that needs a cookie is answered with what to do', () => {
  const data = { code: 'BAD_REQUEST', httpStatus: 400, durin: { code: 'COOKIE_UNAVAILABLE' } };
  const error = TRPCClientError.from({ error: { message: 'The session cookie cannot be set.', code: -32600, data } });
  expect(describeError(error)).toContain("Add a client with transport: 'header'");
});

const refusalWith = (code: string) =>
  TRPCClientError.from({ error: { message: '', code: -32603, data: { httpStatus: 403, durin: { code } } } });

test('only NOT_ADMIN puts the role in doubt, also in an HttpError', () => {
  const codes = ['NOT_ADMIN', 'CROSS_SITE', 'THROTTLED', 'STORE_UNAVAILABLE'];
  const errors = codes.map(refusalWith);
  expect(errors.map(isNotAdmin)).toEqual([true, false, false, false]);
  expect(errors.map(toHttpError).map(isNotAdmin)).toEqual([true, false, false, false]);
  expect(isNotAdmin(new TypeError('fetch failed'))).toBe(false);
});
