import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, openApp, requestOf, requiredOptions, t } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';
import { type TestApp, tally } from '../../support/guesses.ts';

let app: TestApp;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

async function open() {
  const durin = createDurin({ ...requiredOptions(app.orm), clients, now: app.clock, throttle: { rate: '1/d' } });
  const router = t.router({ auth: durin.durinRouter, me: durin.authedProcedure.query(() => 'me') });
  async function signIn(user: number) {
    const { token } = await durin.tokens.issue({ user, client: 'web' });
    return router.createCaller(durin.createContext(requestOf({ token })));
  }
  return { durin, signIn };
}

// 200 refreshes passed at a client's rate of 1/d.
test('of 200 refreshes 120 pass a minute, and the client rate is untouched', async () => {
  const { signIn } = await open();
  const alice = await signIn(1);
  const outcomes: string[] = [];
  for (let index = 0; index < 200; index += 1) outcomes.push(await alice.auth.refresh().then(() => 'renewed', codeOf));
  expect(tally(outcomes)).toEqual({ renewed: 120, THROTTLED: 80 });
  await expect(alice.auth.sessions.list()).rejects.toMatchObject({ durin: { scope: 'auth', retryAfter: 60 } });
  expect(await alice.me()).toBe('me');
  expect(await alice.me().catch(codeOf)).toBe('THROTTLED');
  expect(await (await signIn(2)).auth.refresh()).toHaveProperty('expiry');
  await alice.auth.logout();
});

test("the scope 'auth' is the library's own", async () => {
  const { durin } = await open();
  expect(() => durin.throttledProcedure({ scope: 'auth', rate: '1/m' })).toThrow("'client', 'login', 'auth' or 'key'");
});
