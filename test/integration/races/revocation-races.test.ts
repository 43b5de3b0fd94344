import { expect, test } from 'vitest';
import { atOnce, codeOf, expectTrueLives, hold, settle, untilBlocked, useArena } from '../../support/arena.ts';

const arena = useArena();

test('a concurrent refresh does not survive a logout', async () => {
  const contest = await arena.enter();
  for (let round = 0; round < 100; round += 1) {
    const { token } = await contest.login();
    const { auth } = contest.callAs({ token });
    const [refresh, logout] = await Promise.all([
      settle(atOnce(3, () => contest.callAs({ token }).auth.refresh())),
      settle([auth.logout()]),
    ]);
    expect(logout.codes).toEqual({});
    expect(refresh.values.length + (refresh.codes.INVALID_TOKEN ?? 0)).toBe(3);
    expect(await contest.rows()).toEqual([]);
  }
  expect(contest.events.count('loggedOut')).toBe(100);
  await expectTrueLives(contest);
});

test('one of many concurrent logouts ends the token', async () => {
  const contest = await arena.enter();
  const { token } = await contest.login();
  const { values, codes } = await settle(atOnce(50, () => contest.callAs({ token }).auth.logout()));
  expect(values).toHaveLength(1);
  expect(codes).toEqual({ INVALID_TOKEN: 49 });
  expect(contest.events.of('tokenRevoked')).toMatchObject([{ reason: 'logout' }]);
  expect(contest.events.count('loggedOut')).toBe(1);
  await expectTrueLives(contest);
});

test('a revocation that waits for a login ends its token', async () => {
  const contest = await arena.enter({ rotateTokenOnLogin: true });
  await contest.login();
  const { orm, durin, userId } = contest;
  const login = await hold(orm, () => contest.login());
  const revoking = durin.tokens.revokeAll({ user: userId });
  await untilBlocked(orm);
  await login.commit();
  expect(await revoking).toBe(1);
  expect(await contest.callAs({ token: login.value.token }).me().catch(codeOf)).toBe('INVALID_TOKEN');
  expect(
    contest.events
      .of('tokenRevoked')
      .map(({ reason }) => reason)
      .toSorted(),
  ).toEqual(['replaced', 'revoked']);
  await expectTrueLives(contest);
});

test('logins that wait for a revocation to commit are refused', async () => {
  const contest = await arena.enter();
  const { orm, durin, userId } = contest;
  const before = await contest.login();
  const revocation = await hold(orm, () => durin.tokens.revokeAll({ user: userId }));
  const logins = settle(atOnce(10, () => contest.login()));
  await untilBlocked(orm, 10);
  await revocation.commit();
  const { values, codes } = await logins;
  expect(values).toEqual([]);
  expect(codes).toEqual({ INVALID_CREDENTIALS: 10 });
  expect(await contest.rows()).toEqual([]);
  await expectTrueLives(contest);
  contest.clock.advance(60);
  expect((await contest.login()).token).not.toBe(before.token);
});

test.each([
  ['kept', {}],
  ['rotated', { rotateTokenOnLogin: true }],
])('revocations and logins end each token at most once, if %s', async (_, options) => {
  const contest = await arena.enter({ ...options, throttle: { login: false } });
  const { durin, userId } = contest;
  for (let round = 0; round < 20; round += 1) {
    await contest.login();
    const [row] = await contest.rows();
    const [logins, revocations] = await Promise.all([
      settle(atOnce(10, () => contest.login())),
      settle(atOnce(10, (index) => (index % 2 ? durin.tokens.revokeAll({ user: userId }) : revokeOne(row?.id)))),
    ]);
    expect(Object.keys(logins.codes).filter((code) => code !== 'INVALID_CREDENTIALS')).toEqual([]);
    expect(revocations.codes).toEqual({});
    const alive = await contest.rows();
    const seen = await settle(logins.values.map(({ token }) => contest.callAs({ token }).me()));
    expect(new Set(seen.values)).toEqual(new Set(alive.map(({ id }) => id)));
    expect(Object.keys(seen.codes).filter((code) => code !== 'INVALID_TOKEN')).toEqual([]);
  }
  await expectTrueLives(contest);

  async function revokeOne(id = 'none'): Promise<number> {
    return Number(await durin.tokens.revoke(id));
  }
});

test('concurrent logoutAll and logins neither deadlock nor end twice', async () => {
  const contest = await arena.enter({ refreshTokenOnLogin: true, throttle: { login: false } });
  const names = ['web', 'cli', 'api'] as const;
  for (let round = 0; round < 30; round += 1) {
    const sessions = await Promise.all(names.map((name) => contest.login(name)));
    const [outs, logins] = await Promise.all([
      settle(sessions.map(({ token }) => contest.callAs({ token }).auth.logoutAll())),
      settle(atOnce(9, (index) => contest.login(names[index % 3]))),
    ]);
    expect(Object.keys(outs.codes).filter((code) => code !== 'INVALID_TOKEN')).toEqual([]);
    expect(outs.values.length).toBeGreaterThan(0);
    expect(Object.keys(logins.codes).filter((code) => code !== 'INVALID_CREDENTIALS')).toEqual([]);
  }
  await expectTrueLives(contest);
});

test('recording uses neither restores nor blocks ending sessions', async () => {
  const names = ['web', 'cli', 'api'] as const;
  for (let round = 0; round < 20; round += 1) {
    const contest = await arena.enter();
    const sessions = await Promise.all(names.map((name) => contest.login(name)));
    await Promise.all(sessions.map(({ token }) => contest.callAs({ token }).me()));
    const [outs] = await Promise.all([
      settle(sessions.map(({ token }) => contest.callAs({ token }).auth.logout())),
      contest.durin.close(), // writes the pending uses
    ]);
    expect(outs.codes).toEqual({});
    expect(await contest.rows()).toEqual([]);
    await expectTrueLives(contest);
  }
});

test('recording uses skips a locked row', async () => {
  const contest = await arena.enter();
  const { orm, durin } = contest;
  const { token } = await contest.login();
  const id = await contest.callAs({ token }).me();
  const revocation = await hold(orm, () => durin.tokens.revoke(id));
  await durin.close();
  await revocation.rollback();
  expect(await contest.callAs({ token }).auth.sessions.list()).toMatchObject([{ id, lastUsedAt: null }]);
});
