import { expect, test } from 'vitest';
import { createDurin, DurinError, type DurinErrorCode } from '../../../src/index.ts';
import { password } from '../../support/app.ts';
import { day, mount, refusal, useApp } from './upstream-app.ts';

const app = useApp();

/** Runs calls at once, and gives the code of each: `null` where it was answered. */
async function codesOf(calls: readonly Promise<unknown>[]): Promise<(DurinErrorCode | null)[]> {
  const settled = await Promise.allSettled(calls);
  return settled.map((outcome) => {
    if (outcome.status === 'fulfilled') return null;
    if (outcome.reason instanceof DurinError) return outcome.reason.durin.code;
    throw outcome.reason;
  });
}

const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

test('B20: logins of one pair at once all get the one token', async () => {
  const { callAs } = mount(app.durin());
  const logins = times(20, () => callAs().auth.login({ username: 'alice', password, client: 'web' }));
  const answers = await Promise.all(logins);
  expect(new Set(answers.map(({ token }) => token)).size).toBe(1);
  expect(await app.tokens()).toHaveLength(1);
});

test('B21: of creations of an API key at once one succeeds, the others are told that there is one', async () => {
  const { durin, callAs } = mount(createDurin({ ...app.options, apiAccess: { clientName: 'api' } }));
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const codes = await codesOf(times(10, () => callAs({ token }).auth.apiAccess.create()));
  expect(codes.filter((code) => code === null)).toHaveLength(1);
  expect(codes.filter((code) => code === 'API_ACCESS_EXISTS')).toHaveLength(9);
});

test('B22: a refresh beside a logout is answered or refused as an invalid token, and revives nothing', async () => {
  const { durin, callAs } = mount(app.durin());
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const requests = times(6, () => callAs({ token }));
  await Promise.all(requests.map((request) => request.me())); // all have found the row
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

test('B23: a token that was renewed since it was read as expired is not deleted, but accepted', async () => {
  const { durin, callAs } = mount(app.durin());
  const { token, auth } = await durin.tokens.issue({ user: 1, client: 'web' });
  const expired: unknown[] = [];
  durin.events.on('tokenExpired', (event) => expired.push(event));
  const request = callAs({ token });
  await request.me(); // the request remembers the expiry that it read
  app.clock.advance(day / 2);
  await durin.tokens.renew(auth.id);
  app.clock.advance(day / 2);
  expect(await request.me()).toMatchObject({ auth: { id: auth.id, hasExpired: false, expiresIn: '12 hours' } });
  expect(await app.tokens()).toHaveLength(1);
  expect(expired).toEqual([]);
});

test('B24: however many calls present an expired token at once, tokenExpired is told once', async () => {
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

test('B25: of ten calls at once on a rate of 1/m exactly one passes', async () => {
  const { durin, callAs } = mount(createDurin({ ...app.options, throttle: { rate: '1/m' } }));
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const codes = await codesOf(times(10, () => callAs({ token }).me()));
  expect(codes.filter((code) => code === null)).toHaveLength(1);
  expect(codes.filter((code) => code === 'THROTTLED')).toHaveLength(9);
});
