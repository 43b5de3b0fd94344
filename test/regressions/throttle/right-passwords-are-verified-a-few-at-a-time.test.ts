import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin, type LoginThrottleOptions } from '../../../src/index.ts';
import { clients, openApp, requestOf, requiredOptions } from '../../support/app.ts';
import { atOnce, codeOf } from '../../support/arena.ts';
import { User } from '../../support/entities.ts';
import { openGuesses, type TestApp, tally } from '../../support/guesses.ts';

let app: TestApp;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

/** Verifies when it is told to. */
function openGate(login: LoginThrottleOptions) {
  const waiting: (() => void)[] = [];
  let running = 0;
  let most = 0;
  const durin = createDurin({
    ...requiredOptions(app.orm),
    clients,
    now: app.clock,
    throttle: { login },
    async verifyCredentials({ em }) {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => waiting.push(resolve));
      running -= 1;
      return em.findOne(User, { username: 'alice' });
    },
  });
  return {
    most: () => most,
    login: (ipAddress: string) =>
      durin.durinRouter
        .createCaller(durin.createContext(requestOf({ ipAddress })))
        .login({ username: 'alice', password: 'right', client: 'web' })
        .then(() => 'in', codeOf),
    async verifyOne() {
      await expect.poll(() => waiting.length).toBeGreaterThan(0);
      waiting.shift()?.();
    },
  };
}

// 3,000 right passwords took 35 s of CPU, and delayed the event loop by a second.
test('no more than concurrency are verified at once, and all get in', async () => {
  const { login, verifyOne, most } = openGate({ concurrency: 2 });
  const logins = atOnce(20, () => login('192.0.2.1'));
  for (let index = 0; index < 20; index += 1) await verifyOne();
  expect(tally(await Promise.all(logins))).toEqual({ in: 20 });
  expect(most()).toBe(2);
});

test('a full queue refuses callers of the longest line, and lets others wait', async () => {
  const { login, verifyOne } = openGate({ concurrency: 1, queue: 3 });
  const flood = atOnce(10, () => login('192.0.2.1'));
  const other = login('192.0.2.2');
  for (let index = 0; index < 4; index += 1) await verifyOne();
  expect(await other).toBe('in');
  expect(tally(await Promise.all(flood))).toEqual({ in: 3, THROTTLED: 7 });
});

test('right passwords of an address are limited', async () => {
  const { login } = openGuesses(app, { login: { successes: '5/m' } });
  const outcomes = await Promise.all(atOnce(8, () => login('alice', '192.0.2.1')));
  expect(tally(outcomes)).toEqual({ in: 5, THROTTLED: 3 });
  expect(await login('alice', '192.0.2.2')).toBe('in');
  app.clock.advance(60);
  expect(await login('alice', '192.0.2.1')).toBe('in');
});
