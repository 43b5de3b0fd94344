import { TRPCError } from '@trpc/server';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, openApp, password, requestOf, requiredOptions, t } from '../../support/app.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

/** An app whose rule throws this, called by alice, who has a token. */
async function open(thrown: Error) {
  const durin = createDurin({
    ...requiredOptions(app.orm),
    clients,
    isUserActive: () => {
      throw thrown;
    },
  });
  const router = t.router({
    auth: durin.durinRouter,
    me: durin.authedProcedure.query(() => 'me'),
    maybe: durin.optionalProcedure.query(() => 'me'),
  });
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const caller = router.createCaller(durin.createContext(requestOf({ token })));
  return {
    calls: [
      () => caller.me(),
      () => caller.maybe(),
      () => caller.auth.sessions.list(),
      () => caller.auth.login({ username: 'alice', password, client: 'web' }),
      () => durin.authenticate(token),
    ],
  };
}

function causesOf(error: unknown): unknown[] {
  return error instanceof Error ? [error, ...causesOf(error.cause)] : [];
}

test('its message reaches no caller, and is the cause', async () => {
  const thrown = new Error('select plan from customers failed');
  const { calls } = await open(thrown);
  for (const call of calls) {
    const error: unknown = await call().catch((refusal: unknown) => refusal);
    expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error' });
    expect(causesOf(error)).toContain(thrown);
  }
});

test('a TRPCError reaches the caller as it is', async () => {
  const thrown = new TRPCError({ code: 'PAYMENT_REQUIRED', message: 'The plan has ended.' });
  const { calls } = await open(thrown);
  for (const call of calls) expect(await call().catch((refusal: unknown) => refusal)).toBe(thrown);
});
