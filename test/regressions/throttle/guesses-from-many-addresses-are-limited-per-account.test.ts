import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createDurin } from '../../../src/index.ts';
import { clients, openApp, requestOf, requiredOptions } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';
import { openGuesses, type TestApp, tally } from '../../support/guesses.ts';

let app: TestApp;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

const ipv4 = (index: number) => `10.0.${index >> 8}.${index & 255}`;
/** The networks of one /48. */
const ofOneSite = (index: number) => `2001:db8:1:${index.toString(16)}::1`;

async function guessFromEach(count: number, addressOf: (index: number) => string, guess: Guess) {
  const outcomes: string[] = [];
  for (let index = 0; index < count; index += 1) outcomes.push(await guess('alice', addressOf(index)));
  return tally(outcomes);
}
type Guess = ReturnType<typeof openGuesses>['guess'];

// Limits per address let 3,000 addresses guess 3,000 times.
test.each([
  ['one /48', ofOneSite],
  ['many IPv4 addresses', ipv4],
])('of 300 guesses at one account from %s a hundred are judged', async (_, addressOf) => {
  const { guess } = openGuesses(app);
  expect(await guessFromEach(300, addressOf, guess)).toEqual({ INVALID_CREDENTIALS: 100, THROTTLED: 200 });
});

test('a user is not locked out at an address from before', async () => {
  const { guess, login } = openGuesses(app, { login: { perAccount: '5/h' } });
  expect(await login('alice', '203.0.113.1')).toBe('in');
  await guessFromEach(10, ipv4, guess);
  expect(await login('alice', '203.0.113.2')).toBe('THROTTLED');
  expect(await login('alice', '203.0.113.1')).toBe('in');
  expect(await login('bob', '203.0.113.2')).toBe('in');
  app.clock.advance(3600);
  expect(await login('alice', '203.0.113.2')).toBe('in');
});

test('a spared address has its own limit, and is forgotten after 30 days', async () => {
  const { guess, login } = openGuesses(app, { login: { perAccount: '5/h', perUser: '3/m' } });
  expect(await login('alice', '203.0.113.1')).toBe('in');
  for (let index = 0; index < 3; index += 1) expect(await guess('alice', '203.0.113.1')).toBe('INVALID_CREDENTIALS');
  expect(await login('alice', '203.0.113.1')).toBe('THROTTLED');
  app.clock.advance(30 * 86_400);
  await guessFromEach(5, ipv4, guess);
  expect(await login('alice', '203.0.113.1')).toBe('THROTTLED');
});

test('guesses at many names from one /48 are limited to ten times an address', async () => {
  const { guess } = openGuesses(app, { login: { perAddress: '5/m' } });
  const outcomes: string[] = [];
  for (let index = 0; index < 80; index += 1) outcomes.push(await guess(`name ${index}`, ofOneSite(index)));
  expect(tally(outcomes)).toEqual({ INVALID_CREDENTIALS: 50, THROTTLED: 30 });
  expect(await guess('alice', '2001:db8:2::1')).toBe('INVALID_CREDENTIALS');
});

test('a throttledProcedure limits a /48 to ten times an address', async () => {
  const { callFrom } = openGuesses(app);
  const outcomes: string[] = [];
  for (let index = 0; index < 1100; index += 1) outcomes.push(await callFrom(ofOneSite(index)).search().catch(codeOf));
  expect(tally(outcomes)).toEqual({ found: 1000, THROTTLED: 100 });
});

test('an input with a username and an e-mail address counts for both', async () => {
  const { durinRouter, createContext } = createDurin({
    ...requiredOptions(app.orm),
    clients,
    now: app.clock,
    loginInput: z.object({ username: z.string().optional(), email: z.string().optional(), password: z.string() }),
    verifyCredentials: () => null,
  });
  const { login } = durinRouter.createCaller(createContext(requestOf()));
  const outcomes: string[] = [];
  for (let index = 0; index < 30; index += 1) {
    const guess = { username: `junk ${index}`, email: 'alice@example.com', password: 'wrong', client: 'web' } as const;
    outcomes.push(await login(guess).then(() => 'in', codeOf));
  }
  expect(tally(outcomes)).toEqual({ INVALID_CREDENTIALS: 10, THROTTLED: 20 });
});

test('names that most apps take for one share a limit', async () => {
  const { guess } = openGuesses(app, { login: { perUser: '2/m' } });
  const names = ['alice', 'ALICE', ' Alice ', 'alice\u200b', '\uff41lice', 'al\u00adice', 'ali\u0007ce'];
  const outcomes: string[] = [];
  for (const name of names) outcomes.push(await guess(name, '192.0.2.1'));
  expect(tally(outcomes)).toEqual({ INVALID_CREDENTIALS: 2, THROTTLED: 5 });
});
