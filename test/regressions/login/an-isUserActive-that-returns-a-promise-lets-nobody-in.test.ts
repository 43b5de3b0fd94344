import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { openApp, password, requestOf, t } from '../../support/app.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

// The compiler refuses these callbacks, but a program in JavaScript has no compiler.
const rules: [string, () => never][] = [
  ['resolves to false', (async () => false) as never],
  ['resolves to true', (async () => true) as never],
  ['rejects', (() => Promise.reject(new Error('no plan'))) as never],
];

test.each(rules)('a Promise that %s', async (_, isUserActive) => {
  const durin = createDurin({ ...app.options, isUserActive });
  const router = t.router({ auth: durin.durinRouter, me: durin.authedProcedure.query(() => 'me') });
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const caller = router.createCaller(durin.createContext(requestOf({ token })));
  const login = () => caller.auth.login({ username: 'alice', password, client: 'web' });
  for (const call of [caller.me, login, () => durin.authenticate(token)]) {
    const error: unknown = await call().catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error' });
    expect(messagesOf(error)).toContain('isUserActive must not return a Promise: it has to answer immediately');
  }
});

function messagesOf(error: unknown): string[] {
  return error instanceof Error ? [error.message, ...messagesOf(error.cause)] : [];
}

test('a userKey that returns a Promise lets nobody in', async () => {
  const userKey = (async () => 'alice') as never;
  const durin = createDurin({ ...app.options, throttle: { login: { userKey } } });
  const caller = t.router({ auth: durin.durinRouter }).createCaller(durin.createContext(requestOf()));
  const error: unknown = await caller.auth
    .login({ username: 'alice', password, client: 'web' })
    .catch((refusal: unknown) => refusal);
  expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR' });
  expect(messagesOf(error).join()).toContain('throttle.login.userKey must not return a Promise');
});

test('a clock that returns a Promise is refused', () => {
  const now = (async () => Date.now()) as never;
  expect(() => createDurin({ ...app.options, now })).toThrow(
    'createDurin: now must return the milliseconds since 1970',
  );
});
