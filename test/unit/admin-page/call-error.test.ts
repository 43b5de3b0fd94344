import { TRPCClientError } from '@trpc/client';
import { expect, test } from 'vitest';
import { describeError } from '../../../admin-page/data/call-error.ts';

test('a login that needs a cookie is answered with what to do', () => {
  const data = { code: 'BAD_REQUEST', httpStatus: 400, durin: { code: 'COOKIE_UNAVAILABLE' } };
  const error = TRPCClientError.from({ error: { message: 'The session cookie cannot be set.', code: -32600, data } });
  expect(describeError(error)).toContain("Add a client with transport: 'header'");
});
