import { afterAll, beforeAll, expect, test } from 'vitest';
import { z } from 'zod';
import { createDurin } from '../../../src/index.ts';
import { openApp, requestOf, t } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';
import { User } from '../../support/entities.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

const loginInput = z.object({ username: z.string(), email: z.string().optional(), password: z.string() });

/** An app with three failures an hour per account, in which every password but `wrong` is right. */
function join() {
  const durin = createDurin({
    ...app.options,
    loginInput,
    throttle: { login: { perUser: null, perAccount: '3/h' } },
    verifyCredentials: ({ input, em }) =>
      input.password === 'wrong' ? null : em.findOne(User, { username: input.username.toLowerCase() }),
  });
  const router = t.router({ auth: durin.durinRouter });
  return (input: z.input<typeof loginInput>) =>
    router
      .createCaller(durin.createContext(requestOf({ ipAddress: '10.7.0.1' })))
      .auth.login({ ...input, client: 'web' })
      .then(() => 'ok', codeOf);
}

const guesses = async (login: ReturnType<typeof join>) => {
  const codes = [];
  for (let index = 0; index < 5; index += 1) codes.push(await login({ username: 'alice', password: 'wrong' }));
  return codes;
};
const limited = [...Array<string>(3).fill('INVALID_CREDENTIALS'), 'THROTTLED', 'THROTTLED'];

// Names are folded to be counted, so an attacker who registers `Alice` shares the count of `alice`.
test('a login as Alice does not make a network known for alice', async () => {
  const login = join();
  expect(await login({ username: 'Alice', password: 'right' })).toBe('ok');
  expect(await guesses(login)).toEqual(limited);
});

test("nor does a login that also sends another user's e-mail address", async () => {
  const login = join();
  expect(await login({ username: 'bob', email: 'alice', password: 'right' })).toBe('ok');
  expect(await guesses(login)).toEqual(limited);
});

test('a login as alice makes the network known', async () => {
  const login = join();
  expect(await login({ username: 'alice', password: 'right' })).toBe('ok');
  expect(await guesses(login)).toEqual(Array<string>(5).fill('INVALID_CREDENTIALS'));
});
