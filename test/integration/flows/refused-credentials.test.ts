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

/** Logs alice in, where her credentials are refused by throwing this. */
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
  'credentials that the app refuses with %s reach the caller as they are, and count as failed logins',
  async (code) => {
    const error = new TRPCError({ code, message: 'Wrong password, my friend.' });
    const { login, events } = loginRefusedBy(error);
    for (let attempt = 0; attempt < 10; attempt += 1) expect(await login()).toBe(error);
    expect(await login()).toMatchObject({ durin: { code: 'THROTTLED' } });
    expect(events.of('loginFailed')).toHaveLength(10);
    expect(events.of('loginFailed')[0]).toMatchObject({ code: 'INVALID_CREDENTIALS', userId: null });
  },
);

test('what the app throws for other reasons is no failed login', async () => {
  const error = new TRPCError({ code: 'PRECONDITION_FAILED', message: 'Confirm your address first.' });
  const { login, events } = loginRefusedBy(error);
  for (let attempt = 0; attempt < 15; attempt += 1) expect(await login()).toBe(error);
  expect(events.all).toEqual([]);
});
