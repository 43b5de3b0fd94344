import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, openApp, requestOf, requiredOptions, t } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

function open() {
  const durin = createDurin({
    ...requiredOptions(app.orm),
    clients,
    throttle: { login: { perUser: '3/m', perAddress: '5/m' } },
    verifyCredentials: () => null,
    now: app.clock,
  });
  const router = t.router({
    auth: durin.durinRouter,
    search: durin.throttledProcedure({ scope: 'search', rate: '2/m' }).query(() => 'found'),
  });
  const from = (ipAddress: string) => router.createCaller(durin.createContext(requestOf({ ipAddress })));
  return {
    durin,
    guess: (username: string, ipAddress: string) =>
      from(ipAddress).auth.login({ username, password: 'wrong', client: 'web' }).catch(codeOf),
    search: (ipAddress: string) => from(ipAddress).search().catch(codeOf),
  };
}

test('logins are limited per /64, and the event has the whole address', async () => {
  const { durin, guess } = open();
  const addresses: unknown[] = [];
  durin.events.on('throttled', ({ ipAddress }) => addresses.push(ipAddress));
  for (let host = 1; host <= 3; host += 1)
    expect(await guess('alice', `2001:db8:1:2::${host}`)).toBe('INVALID_CREDENTIALS');
  expect(await guess('alice', '2001:db8:1:2:aaaa:bbbb:cccc:dddd')).toBe('THROTTLED');
  expect(addresses).toEqual(['2001:db8:1:2:aaaa:bbbb:cccc:dddd']);
  for (const name of ['bob', 'carol']) expect(await guess(name, `2001:db8:1:2::b`)).toBe('INVALID_CREDENTIALS');
  expect(await guess('dave', '2001:db8:1:2::c')).toBe('THROTTLED');
  expect(await guess('alice', '2001:db8:1:3::1')).toBe('INVALID_CREDENTIALS');
});

test('a throttledProcedure limits anonymous callers per /64', async () => {
  const { search } = open();
  const outcomes = [];
  for (const host of ['1', '2', '3']) outcomes.push(await search(`2001:db8:1:2::${host}`));
  expect(outcomes).toEqual(['found', 'found', 'THROTTLED']);
  expect(await search('2001:db8:1:3::1')).toBe('found');
});
