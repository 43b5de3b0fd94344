import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApp } from '../../support/app.ts';
import { openGuesses, type TestApp, tally } from '../../support/guesses.ts';

let app: TestApp;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

// 500 logins with an empty client were all answered, each with an event.
test.each([
  ['an empty client', '', 'NO_CLIENT'],
  ['a client that has no valid name', 'x'.repeat(100), 'UNKNOWN_CLIENT'],
])('logins with %s are limited per address', async (_, client, code) => {
  const { callFrom, attempt, verified, events } = openGuesses(app);
  const outcomes: string[] = [];
  for (let index = 0; index < 150; index += 1)
    outcomes.push(await attempt(callFrom('192.0.2.1'), 'alice', 'x', client));
  expect(tally(outcomes)).toEqual({ [code]: 100, THROTTLED: 50 });
  expect(events.count('loginFailed')).toBe(100);
  expect(verified).toEqual([]);
  expect(await attempt(callFrom('192.0.2.1'), 'alice', 'right')).toBe('in');
});

test('right passwords count, also for a client that does not exist', async () => {
  const { callFrom, attempt } = openGuesses(app, { login: { successes: '3/m' } });
  const outcomes: string[] = [];
  for (let index = 0; index < 5; index += 1)
    outcomes.push(await attempt(callFrom('192.0.2.1'), 'alice', 'right', 'nonesuch'));
  expect(tally(outcomes)).toEqual({ UNKNOWN_CLIENT: 3, THROTTLED: 2 });
});
