import { expect, test } from 'vitest';
import { openApp } from '../../support/app.ts';
import { createReporter, toRequest } from '../../support/leaks/leak-reporter.ts';

const { findKey, reportOf } = createReporter();

test('without a database, GitHub may try a genuine report again', async () => {
  const app = await openApp();
  const errors: unknown[] = [];
  const leaks = app.durin.leaks({ publicKey: findKey, onError: (error) => errors.push(error) });
  const { token } = await app.durin.tokens.issue({ user: 1, client: 'api' });
  await app.close();

  expect((await leaks(toRequest(reportOf(token)))).status).toBe(503);
  expect(errors).toMatchObject([{ durin: { code: 'STORE_UNAVAILABLE' } }]);
  expect((await leaks(toRequest(reportOf('f'.repeat(64))))).status).toBe(200);
  expect((await leaks(toRequest(createReporter().reportOf(token)))).status).toBe(403);
});
