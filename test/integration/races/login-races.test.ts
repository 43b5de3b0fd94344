import { expect, test } from 'vitest';
import { atOnce, expectTrueLives, settle, useArena } from '../../support/arena.ts';
import { testLength } from '../../support/test-length.ts';

/** How many logins race, unless a test needs more. */
const crowd = testLength === 'full' ? 1000 : 250;

const arena = useArena();

test.each([
  ['the default throttle', {}],
  ['no throttle', { throttle: { login: false } } as const],
])('many concurrent logins share one token, with %s', async (_, options) => {
  const contest = await arena.enter(options);
  const { values, codes } = await settle(atOnce(crowd, () => contest.login()));
  expect(codes).toEqual({});
  expect(values).toHaveLength(crowd);
  expect(new Set(values.map(({ token }) => token)).size).toBe(1);
  expect(await contest.rows()).toHaveLength(1);
  expect(contest.events.count('tokenIssued')).toBe(1);
  expect(contest.events.of('loggedIn').filter(({ isNewToken }) => isNewToken)).toHaveLength(1);
  expect(contest.events.all).toHaveLength(crowd + 1);
  await expectTrueLives(contest);
});

test('many concurrent logins renew one token', async () => {
  const contest = await arena.enter({ refreshTokenOnLogin: true });
  const { values, codes } = await settle(atOnce(crowd, () => contest.login()));
  expect(codes).toEqual({});
  expect(new Set(values.map(({ token }) => token)).size).toBe(1);
  expect(await contest.rows()).toHaveLength(1);
  expect(contest.events.count('tokenIssued')).toBe(1);
  expect(contest.events.count('tokenRenewed')).toBe(crowd - 1);
  expect(contest.events.count('loggedIn')).toBe(crowd);
  await expectTrueLives(contest);
});

test('many concurrent rotating logins leave one valid token', async () => {
  const contest = await arena.enter({ rotateTokenOnLogin: true });
  const { values, codes } = await settle(atOnce(crowd, () => contest.login()));
  expect(codes).toEqual({});
  const tokens = values.map(({ token }) => token);
  expect(new Set(tokens).size).toBe(crowd);
  const [row, ...others] = await contest.rows();
  expect(others).toEqual([]);
  const alive = tokens.filter((token) => token.startsWith(row?.selector ?? 'none'));
  expect(alive).toHaveLength(1);

  expect(contest.events.count('tokenIssued')).toBe(crowd);
  expect(contest.events.of('tokenRevoked').filter(({ reason }) => reason === 'replaced')).toHaveLength(crowd - 1);
  expect(contest.events.count('tokenRevoked')).toBe(crowd - 1);
  await expectTrueLives(contest);

  const seen = await settle(tokens.map((token) => contest.callAs({ token }).me()));
  expect(seen).toEqual({ values: [row?.id], codes: { INVALID_TOKEN: crowd - 1 } });
});

test.each([
  ['keeps', {}, 1],
  ['renews', { refreshTokenOnLogin: true }, 1],
  ['rotates', { rotateTokenOnLogin: true }, 300],
])('concurrent logins replace an expired token once if login %s tokens', async (_, options, issued) => {
  const contest = await arena.enter(options);
  const before = await contest.login();
  const [expired] = await contest.rows();
  contest.clock.advance(86_400);
  const { values, codes } = await settle(atOnce(300, () => contest.login()));
  expect(codes).toEqual({});
  const tokens = new Set(values.map(({ token }) => token));
  expect(tokens.size).toBe(issued);
  expect(tokens).not.toContain(before.token);
  expect(contest.events.of('tokenExpired')).toMatchObject([{ tokenId: expired?.id }]);
  expect(contest.events.count('tokenIssued')).toBe(issued + 1);
  expect(await contest.rows()).toHaveLength(1);
  await expectTrueLives(contest);
});

test('concurrent tokens.issue calls revoke every token but the last', async () => {
  const contest = await arena.enter();
  const issue = () => contest.durin.tokens.issue({ user: contest.userId, client: 'api' });
  const { values, codes } = await settle(atOnce(200, issue));
  expect(codes).toEqual({});
  expect(new Set(values.map(({ token }) => token)).size).toBe(200);
  expect(await contest.rows()).toHaveLength(1);
  expect(contest.events.count('tokenRevoked')).toBe(199);
  await expectTrueLives(contest);
});

test('concurrent logins to several clients create one token for each', async () => {
  const contest = await arena.enter();
  const names = ['web', 'cli', 'api'] as const;
  const { values, codes } = await settle(atOnce(300, (index) => contest.login(names[index % 3])));
  expect(codes).toEqual({});
  expect(new Set(values.map(({ token }) => token)).size).toBe(3);
  expect((await contest.rows()).map((row) => row.client).toSorted()).toEqual(['api', 'cli', 'web']);
  await expectTrueLives(contest);
});
