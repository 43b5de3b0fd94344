import { expect, test } from 'vitest';
import { atOnce, expectTrueLives, hold, settle, untilBlocked, useArena } from '../../support/arena.ts';
import { User } from '../../support/entities.ts';

const arena = useArena();

test('no login outlives the concurrent deletion of its user', async () => {
  for (let round = 0; round < 20; round += 1) {
    const contest = await arena.enter({ throttle: { login: false } });
    const [logins] = await Promise.all([
      settle(atOnce(20, () => contest.login())),
      contest.orm.em.fork().nativeDelete(User, { id: contest.userId }),
    ]);
    expect(Object.keys(logins.codes).filter((code) => code !== 'INVALID_CREDENTIALS')).toEqual([]);
    expect(await contest.rows()).toEqual([]);
    const seen = await settle(logins.values.map(({ token }) => contest.callAs({ token }).me()));
    expect(seen.values).toEqual([]);
    expect(Object.keys(seen.codes).filter((code) => code !== 'INVALID_TOKEN')).toEqual([]);
  }
});

test("logins that wait for their user's deletion are refused", async () => {
  const contest = await arena.enter();
  const { orm, userId } = contest;
  const deletion = await hold(orm, () => orm.em.nativeDelete(User, { id: userId }));
  const logins = settle(atOnce(5, () => contest.login()));
  await untilBlocked(orm, 5);
  await deletion.commit();
  expect(await logins).toEqual({ values: [], codes: { INVALID_CREDENTIALS: 5 } });
  expect(contest.events.of('loginFailed')).toHaveLength(5);
  expect(contest.events.count('tokenIssued')).toBe(0);
});

test("an API key that waits for its user's deletion is refused", async () => {
  const contest = await arena.enter();
  const { orm, userId } = contest;
  const { token } = await contest.login();
  const deletion = await hold(orm, () => orm.em.nativeDelete(User, { id: userId }));
  const creation = settle([contest.callAs({ token }).auth.apiAccess.create()]);
  await untilBlocked(orm);
  await deletion.commit();
  expect(await creation).toEqual({ values: [], codes: { INVALID_TOKEN: 1 } });
});

test('deleting a client emits an event for each concurrent login', async () => {
  const contest = await arena.enter();
  const { durin } = contest;
  for (let round = 0; round < 20; round += 1) {
    await durin.clients.sync();
    const [logins] = await Promise.all([settle(atOnce(20, () => contest.login())), durin.clients.delete('web')]);
    expect(Object.keys(logins.codes).filter((code) => code !== 'UNKNOWN_CLIENT')).toEqual([]);
    expect(await contest.rows()).toEqual([]);
    await expectTrueLives(contest);
  }
});

test("a client's deletion that waits for a login revokes its token", async () => {
  const contest = await arena.enter();
  const { orm, durin } = contest;
  await durin.clients.sync();
  const login = await hold(orm, () => contest.login());
  const deletion = durin.clients.delete('web');
  await untilBlocked(orm);
  await login.commit();
  expect(await deletion).toBe(true);
  expect(await contest.rows()).toEqual([]);
  expect(contest.events.of('tokenRevoked')).toMatchObject([{ reason: 'client-deleted' }]);
  await expectTrueLives(contest);
});

test("a login that waits for its client's deletion is refused", async () => {
  const contest = await arena.enter();
  const { orm, durin } = contest;
  await durin.clients.sync();
  const deletion = await hold(orm, () => durin.clients.delete('web'));
  const login = settle([contest.login()]);
  await untilBlocked(orm);
  await deletion.commit();
  expect(await login).toEqual({ values: [], codes: { UNKNOWN_CLIENT: 1 } });
  await expectTrueLives(contest);
});

test('concurrent deletions and logoutAll end all without a deadlock', async () => {
  const names = ['web', 'cli', 'api'] as const;
  for (let round = 0; round < 20; round += 1) {
    const contest = await arena.enter({ refreshTokenOnLogin: true, throttle: { login: false } });
    const { durin, orm, userId } = contest;
    const sessions = await Promise.all(names.map((name) => contest.login(name)));
    const [ends, logins] = await Promise.all([
      settle<unknown>([
        durin.clients.delete('web'),
        orm.em.fork().nativeDelete(User, { id: userId }),
        ...sessions.map(({ token }) => contest.callAs({ token }).auth.logoutAll()),
      ]),
      settle(atOnce(9, (index) => contest.login(names[index % 3]))),
    ]);
    expect(Object.keys(ends.codes).filter((code) => code !== 'INVALID_TOKEN')).toEqual([]);
    expect(Object.keys(logins.codes).filter((code) => !/^INVALID_CREDENTIALS|UNKNOWN_CLIENT$/.test(code))).toEqual([]);
    expect(await contest.rows()).toEqual([]);
  }
});
