import { expect, test } from 'vitest';
import { createDurin, DurinError, type DurinErrorCode } from '../../../src/index.ts';
import { password } from '../../support/app.ts';
import { day, mount, refusal, useApp } from './upstream-app.ts';

const app = useApp();

/** Runs calls concurrently and returns the code of each refusal. `null`: the call succeeded. */
async function codesOf(calls: readonly Promise<unknown>[]): Promise<(DurinErrorCode | null)[]> {
  const settled = await Promise.allSettled(calls);
  return settled.map((outcome) => {
    if (outcome.status === 'fulfilled') return null;
    if (outcome.reason instanceof DurinError) return outcome.reason.durin.code;
    throw outcome.reason;
  });
}

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

test('B20: concurrent logins of a pair get the same token', async () => {
  const { callAs } = mount(app.durin());
  const logins = times(20, () => callAs().auth.login({ username: 'alice', password, client: 'web' }));
  const answers = await Promise.all(logins);
  expect(new Set(answers.map(({ token }) => token)).size).toBe(1);
  expect(await app.tokens()).toHaveLength(1);
});

test('B21: of concurrent API key creations exactly one succeeds', async () => {
  const { durin, callAs } = mount(createDurin({ ...app.options, apiAccess: { clientName: 'api' } }));
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const codes = await codesOf(times(10, () => callAs({ token }).auth.apiAccess.create()));
  expect(codes.filter((code) => code === null)).toHaveLength(1);
  expect(codes.filter((code) => code === 'API_ACCESS_EXISTS')).toHaveLength(9);
});

test('B22: a refresh concurrent with a logout revives nothing', async () => {
  const { durin, callAs } = mount(app.durin());
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const requests = times(6, () => callAs({ token }));
  await Promise.all(requests.map((request) => request.me())); // every request has found the row
  const [logout, ...refreshes] = requests;
  const codes = await codesOf([
    logout?.auth.logout(),
    ...refreshes.map(({ auth }) => auth.refresh()),
  ] as Promise<unknown>[]);
  expect(codes[0]).toBeNull();
  for (const code of codes.slice(1)) expect([null, 'INVALID_TOKEN']).toContain(code);
  await expect(callAs({ token }).me()).rejects.toMatchObject(refusal('INVALID_TOKEN'));
  expect(await app.tokens()).toEqual([]);
});

test('B23: a token renewed after it was read as expired is accepted', async () => {
  const { durin, callAs } = mount(app.durin());
  const { token, auth } = await durin.tokens.issue({ user: 1, client: 'web' });
  const expired: unknown[] = [];
  durin.events.on('tokenExpired', (event) => expired.push(event));
  const request = callAs({ token });
  await request.me(); // the request now remembers the old expiry
  app.clock.advance(day / 2);
  await durin.tokens.renew(auth.id);
  app.clock.advance(day / 2);
  expect(await request.me()).toMatchObject({ auth: { id: auth.id, hasExpired: false, expiresIn: '12 hours' } });
  expect(await app.tokens()).toHaveLength(1);
  expect(expired).toEqual([]);
});

test('B24: concurrent use of an expired token emits one tokenExpired', async () => {
  const { durin, callAs } = mount(app.durin());
  const { token, auth } = await durin.tokens.issue({ user: 1, client: 'web' });
  const expired: unknown[] = [];
  durin.events.on('tokenExpired', ({ tokenId }) => expired.push(tokenId));
  app.clock.advance(day);
  const codes = await codesOf(times(10, () => callAs({ token }).me()));
  for (const code of codes) expect(['TOKEN_EXPIRED', 'INVALID_TOKEN']).toContain(code);
  expect(codes).toContain('TOKEN_EXPIRED');
  expect(expired).toEqual([auth.id]);
});

test('B25: of ten concurrent calls at a rate of 1/m exactly one passes', async () => {
  const { durin, callAs } = mount(createDurin({ ...app.options, throttle: { rate: '1/m' } }));
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const codes = await codesOf(times(10, () => callAs({ token }).me()));
  expect(codes.filter((code) => code === null)).toHaveLength(1);
  expect(codes.filter((code) => code === 'THROTTLED')).toHaveLength(9);
});
