import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApp } from '../../support/app.ts';
import { openGuesses, type TestApp, tally } from '../../support/guesses.ts';

let app: TestApp;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

/** A request as Next's route handlers have it. */
const request = () => new Request('http://durin.test/auth.login');

// Ten wrong passwords a minute from anywhere locked a user out.
test('ten wrong passwords lock nobody out, and a flood is limited', async () => {
  const { callOver, attempt } = openGuesses(app);
  const outcomes: string[] = [];
  for (let index = 0; index < 30; index += 1) outcomes.push(await attempt(callOver(request()), 'alice', 'wrong'));
  expect(await attempt(callOver(request()), 'alice', 'right')).toBe('in');
  for (let index = 0; index < 70; index += 1) outcomes.push(await attempt(callOver(request()), 'alice', 'wrong'));
  expect(tally(outcomes)).toEqual({ INVALID_CREDENTIALS: 60, THROTTLED: 40 });
  expect(await attempt(callOver(request()), 'bob', 'right')).toBe('in');
});

test('a perUser that the app has set is kept', async () => {
  const { callOver, attempt } = openGuesses(app, { login: { perUser: '2/m' } });
  const outcomes: string[] = [];
  for (let index = 0; index < 5; index += 1) outcomes.push(await attempt(callOver(request()), 'alice', 'wrong'));
  expect(tally(outcomes)).toEqual({ INVALID_CREDENTIALS: 2, THROTTLED: 3 });
});

test('the operator is warned once, and not for callers inside the server', async () => {
  const { callOver, callFrom, attempt, warnings } = openGuesses(app);
  await attempt(callOver(undefined), 'alice', 'right');
  await attempt(callFrom('192.0.2.1'), 'alice', 'right');
  expect(warnings).toEqual([]);
  for (let index = 0; index < 3; index += 1) await attempt(callOver(request()), 'alice', 'right');
  expect(warnings).toEqual([expect.stringContaining('trustProxy')]);
  expect(warnings[0]).toContain('durin.createContext({ ...opts, ipAddress })');
});
