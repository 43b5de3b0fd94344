import { TRPCError } from '@trpc/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, createClock, openApp, password, requestOf, requiredOptions, t } from '../../support/app.ts';
import { recordEvents } from '../../support/arena.ts';

type App = Awaited<ReturnType<typeof openApp>>;
let app: App;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

/** Logs alice in with a verifyCredentials that throws this error. */
function loginRefusedBy(reason: TRPCError) {
  const durin = createDurin({
    ...requiredOptions(app.orm),
    clients,
    now: createClock(),
    verifyCredentials: () => {
      throw reason;
    },
  });
  const router = t.router({ auth: durin.durinRouter });
  const login = async () =>
    router
      .createCaller(durin.createContext(requestOf()))
      .auth.login({ username: 'alice', password, client: 'web' })
      .catch((refusal: unknown) => refusal);
  return { login, events: recordEvents(durin.events) };
}

test.each(['UNAUTHORIZED', 'FORBIDDEN'] as const)(
  'a %s thrown by verifyCredentials is sent and counts as failed',
  async (code) => {
    const error = new TRPCError({ code, message: 'Wrong password, my friend.' });
    const { login, events } = loginRefusedBy(error);
    for (let attempt = 0; attempt < 10; attempt += 1) expect(await login()).toBe(error);
    expect(await login()).toMatchObject({ durin: { code: 'THROTTLED' } });
    expect(events.of('loginFailed')).toHaveLength(10);
    expect(events.of('loginFailed')[0]).toMatchObject({ code: 'INVALID_CREDENTIALS', userId: null });
  },
);

test('other errors of verifyCredentials are no failed logins', async () => {
  const error = new TRPCError({ code: 'PRECONDITION_FAILED', message: 'Confirm your address first.' });
  const { login, events } = loginRefusedBy(error);
  for (let attempt = 0; attempt < 15; attempt += 1) expect(await login()).toBe(error);
  expect(events.all).toEqual([]);
});
