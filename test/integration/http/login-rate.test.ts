import { createTRPCClient, httpBatchLink } from '@trpc/client';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import superjson from 'superjson';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, openApp, requiredOptions, t } from '../../support/app.ts';
import { User } from '../../support/entities.ts';
import type { Served, TestApp } from '../adapters/adapter-app.ts';
import { listen } from '../adapters/node-server.ts';
import { parseLimits } from './structured-fields.ts';

let app: TestApp;
const closing: (() => Promise<void>)[] = [];
/** The user names whose passwords were verified. */
let verified: string[];
beforeAll(async () => {
  app = await openApp();
});
beforeEach(() => {
  verified = [];
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(() => app.close());

interface LoginLimits {
  perUser?: '3/m' | null;
  perAddress?: '5/m' | null;
}

/** Starts a server with empty counters. Passwords are compared without hashing. */
async function serve(login?: LoginLimits | false) {
  const durin = createDurin({
    ...requiredOptions(app.orm),
    clients,
    now: app.clock,
    trustProxy: 1,
    ...(login !== undefined && { throttle: { login } }),
    async verifyCredentials({ input, em }) {
      verified.push(input.username);
      const user = await em.findOne(User, { username: input.username.trim().toLowerCase() });
      return input.password === 'right' ? user : null;
    },
  });
  const { durinRouter, createContext, responseMeta } = durin;
  const served = await listen(
    createHTTPServer({ router: t.router({ auth: durinRouter }), createContext, responseMeta }),
  );
  closing.push(served.close);
  return { durin, served };
}
type Server = Awaited<ReturnType<typeof serve>>;
type LoginRouter = ReturnType<typeof t.router<{ auth: Server['durin']['durinRouter'] }>>;

/** Concurrent logins go out in one request. */
function connect(served: Served, from = '203.0.113.1') {
  const responses: Response[] = [];
  const client = createTRPCClient<LoginRouter>({
    links: [
      httpBatchLink({
        url: served.url,
        transformer: superjson,
        headers: { 'x-forwarded-for': from },
        async fetch(input, init) {
          const response = await fetch(input, init as RequestInit);
          responses.push(response);
          return response;
        },
      }),
    ],
  });
  const login = (username: string, password: string) => client.auth.login.mutate({ username, password, client: 'web' });
  return { login, responses, last: () => responses.at(-1) ?? Response.error() };
}

const invalid = { data: { durin: { code: 'INVALID_CREDENTIALS' } } };
const throttled = (retryAfter: number) => ({
  data: { code: 'TOO_MANY_REQUESTS', durin: { code: 'THROTTLED', retryAfter, scope: 'login' } },
});
const codesOf = (calls: PromiseSettledResult<unknown>[]) =>
  calls.map((call) =>
    call.status === 'fulfilled' ? 'in' : (call.reason as { data: { durin: { code: string } } }).data.durin.code,
  );
const count = (codes: string[], code: string) => codes.filter((each) => each === code).length;

test('failed logins per user and address are limited until the window ends', async () => {
  const { served } = await serve({ perUser: '3/m' });
  const { login, last } = connect(served);
  for (const name of ['alice', ' ALICE ', 'Alice']) await expect(login(name, 'wrong')).rejects.toMatchObject(invalid);
  app.clock.advance(20);
  await expect(login('alice', 'right')).rejects.toMatchObject(throttled(40));
  expect(last().status).toBe(429);
  expect(last().headers.get('retry-after')).toBe('40');
  expect(parseLimits(last().headers.get('ratelimit'))).toEqual([{ name: 'login', r: 0, t: 40 }]);
  expect(parseLimits(last().headers.get('ratelimit-policy'))).toEqual([{ name: 'login', q: 3, w: 60 }]);
  expect(verified).toHaveLength(3);
  app.clock.advance(40);
  expect((await login('alice', 'right')).token).toHaveLength(64);
});

test('an attacker cannot lock a user out from another address', async () => {
  const { served } = await serve({ perUser: '3/m' });
  const attacker = connect(served, '198.51.100.9');
  for (let attempt = 0; attempt < 4; attempt++) await attacker.login('alice', 'wrong').catch(() => null);
  await expect(attacker.login('alice', 'right')).rejects.toMatchObject(throttled(60));
  expect((await connect(served, '203.0.113.1').login('alice', 'right')).token).toHaveLength(64);
  expect((await attacker.login('bob', 'right')).token).toHaveLength(64);
});

test('failed logins per address are limited, whatever address is claimed', async () => {
  const { served } = await serve({ perAddress: '5/m' });
  for (let attempt = 0; attempt < 5; attempt++) {
    const { login } = connect(served, `198.51.100.${attempt}, 203.0.113.1`);
    await expect(login(`nobody${attempt}`, 'wrong')).rejects.toMatchObject(invalid);
  }
  const { login, last } = connect(served);
  await expect(login('alice', 'right')).rejects.toMatchObject(throttled(60));
  expect(verified).toHaveLength(5);
  expect(parseLimits(last().headers.get('ratelimit'))).toEqual([{ name: 'login', r: 0, t: 60 }]);
  expect((await connect(served, '203.0.113.2').login('alice', 'right')).token).toHaveLength(64);
});

test('a response reports the limit with fewer attempts left', async () => {
  const { served } = await serve({ perUser: '3/m', perAddress: '5/m' });
  const { login, last } = connect(served);
  const limit = () => [
    last().headers.get('ratelimit-policy')?.replace(/;w.*/, ''),
    last().headers.get('ratelimit')?.replace(/;t.*/, ''),
  ];
  await login('alice', 'right');
  expect(limit()).toEqual(['"login";q=3', '"login";r=3']);
  await login('alice', 'wrong').catch(() => null);
  expect(limit()).toEqual(['"login";q=3', '"login";r=2']);
  for (const name of ['bob', 'carol', 'dave']) await login(name, 'wrong').catch(() => null);
  expect(limit()).toEqual(['"login";q=5', '"login";r=1']);
});

test('of fifty wrong logins in one batch only the quota is verified', async () => {
  const { served } = await serve({ perUser: '3/m' });
  const { login, responses } = connect(served);
  const codes = codesOf(await Promise.allSettled(Array.from({ length: 50 }, (_, i) => login('alice', `guess ${i}`))));
  expect(count(codes, 'INVALID_CREDENTIALS')).toBe(3);
  expect(count(codes, 'THROTTLED')).toBe(47);
  expect(verified).toHaveLength(3);
  expect(responses).toHaveLength(1);
  expect(parseLimits(responses[0]?.headers.get('ratelimit') ?? null)).toMatchObject([{ name: 'login', r: 0 }]);
});

test("of fifty users tried in one batch only the address's quota is verified", async () => {
  const { served } = await serve({ perUser: '3/m', perAddress: '5/m' });
  const { login } = connect(served);
  const codes = codesOf(await Promise.allSettled(Array.from({ length: 50 }, (_, i) => login(`user${i}`, 'wrong'))));
  expect(count(codes, 'INVALID_CREDENTIALS')).toBe(5);
  expect(verified).toHaveLength(5);
});

test('a right password guessed past the quota is not revealed', async () => {
  const { served } = await serve({ perUser: '3/m' });
  const { login } = connect(served);
  const guesses = ['wrong', 'wrong', 'wrong', 'right', 'right'];
  const codes = codesOf(await Promise.allSettled(guesses.map((guess) => login('alice', guess))));
  expect(codes.slice(3)).toEqual(['THROTTLED', 'THROTTLED']);
});

test('a thousand concurrent right logins all get the same token', async () => {
  const { served } = await serve({ perUser: '3/m', perAddress: '5/m' });
  const clientsOfOneAddress = Array.from({ length: 10 }, () => connect(served));
  const logins = clientsOfOneAddress.flatMap(({ login }) => Array.from({ length: 100 }, () => login('alice', 'right')));
  const tokens = new Set((await Promise.all(logins)).map(({ token }) => token));
  expect(logins).toHaveLength(1000);
  expect(tokens.size).toBe(1);
});

test('a right login uses no quota, and restores none of failed logins', async () => {
  const { served } = await serve({ perUser: '3/m' });
  const { login } = connect(served);
  for (const guess of ['wrong', 'right', 'wrong', 'right', 'right', 'wrong']) {
    await login('alice', guess).catch(() => null);
  }
  await expect(login('alice', 'right')).rejects.toMatchObject(throttled(60));
});

test('the defaults are 10/m per user and 100/m per address; false: none', async () => {
  const { served } = await serve();
  const { login } = connect(served);
  const codes = codesOf(await Promise.allSettled(Array.from({ length: 15 }, () => login('alice', 'wrong'))));
  expect(count(codes, 'INVALID_CREDENTIALS')).toBe(10);
  const others = Array.from({ length: 120 }, (_, i) => login(`user${i}`, 'wrong'));
  expect(count(codesOf(await Promise.allSettled(others)), 'INVALID_CREDENTIALS')).toBe(90); // 100 of the address

  const open = connect((await serve(false)).served);
  const all = codesOf(await Promise.allSettled(Array.from({ length: 150 }, () => open.login('alice', 'wrong'))));
  expect(count(all, 'INVALID_CREDENTIALS')).toBe(150);
  expect(open.last().headers.has('ratelimit')).toBe(false);
});
