import { afterAll, beforeAll, expect, test } from 'vitest';
import { password } from '../../support/app.ts';
import {
  type Arena,
  type ArenaOptions,
  atOnce,
  codeOf,
  hold,
  openArena,
  settle,
  untilBlocked,
} from '../../support/arena.ts';
import { AuthToken, User } from '../../support/entities.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterAll(() => arena.close());

/** A contest whose user has a session that is not fresh. */
async function enter(options: ArenaOptions = {}) {
  const contest = await arena.enter(options);
  const { token, auth } = await contest.durin.tokens.issue({ user: contest.userId, client: 'web' });
  const credentials = { username: contest.username, password };
  const authenticatedAt = async () => {
    const row = await arena.orm.em.fork().findOne(AuthToken, auth.id);
    return row === null ? 'ended' : row.authenticatedAt;
  };
  const reauthenticate = () => contest.callAs({ token }).auth.reauthenticate(credentials);
  return { ...contest, token, sessionId: auth.id, authenticatedAt, reauthenticate };
}

/** `verifyCredentials` that waits, when it has the user, until `pass` is called. */
function slowVerification() {
  const { promise: passed, resolve: pass } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const verifyCredentials: ArenaOptions['verifyCredentials'] = async ({ input, em }) => {
    const user = await em.findOne(User, { username: input.username });
    begin();
    await passed;
    return input.password === password ? user : null;
  };
  return { verifyCredentials, begun, pass };
}

test('revokeAll overtakes a verification, also for a session that it spares', async () => {
  const { verifyCredentials, begun, pass } = slowVerification();
  const contest = await enter({ verifyCredentials });
  const running = contest.reauthenticate().catch(codeOf);
  await begun;
  await contest.durin.tokens.revokeAll({ user: contest.userId, except: contest.sessionId });
  pass();
  expect(await running).toBe('INVALID_CREDENTIALS');
  expect(await contest.authenticatedAt()).toBeNull();
  await contest.reauthenticate();
  expect(await contest.authenticatedAt()).not.toBeNull();
});

test('revokeAll undoes a reauthentication that was under way', async () => {
  const contest = await enter();
  const lock = await hold(arena.orm, () => arena.orm.em.nativeUpdate(AuthToken, contest.sessionId, { name: 'held' }));
  const running = contest.reauthenticate().catch(codeOf);
  await untilBlocked(arena.orm); // the statement waits for the session's row
  const ending = contest.durin.tokens.revokeAll({ user: contest.userId, except: contest.sessionId });
  await untilBlocked(arena.orm, 2); // the end waits for the statement
  await lock.commit();
  expect(await running).toBe('INVALID_CREDENTIALS');
  await ending;
  expect(await contest.authenticatedAt()).toBeNull();
});

test('a password that changes in another process is compared under lock', async () => {
  const contest = await enter({ credentialFields: ['passwordHash'] });
  const lock = await hold(arena.orm, async () => {
    await arena.orm.em.nativeUpdate(User, contest.userId, { passwordHash: 'another' });
  });
  const running = contest.reauthenticate().catch(codeOf);
  await untilBlocked(arena.orm); // the statement waits for the user's row
  await lock.commit();
  expect(await running).toBe('INVALID_CREDENTIALS');
  expect(await contest.authenticatedAt()).toBeNull();
});

test.each<[string, (contest: Awaited<ReturnType<typeof enter>>) => Promise<unknown>]>([
  ['logout', ({ callAs, token }) => callAs({ token }).auth.logout()],
  ['revokeAll', ({ durin, userId }) => durin.tokens.revokeAll({ user: userId })],
  ['revoke', ({ durin, sessionId }) => durin.tokens.revoke(sessionId)],
])('a session that ends by %s stays ended', async (_, end) => {
  for (let round = 0; round < 10; round += 1) {
    const contest = await enter();
    const { codes } = await settle<unknown>([...atOnce(10, contest.reauthenticate), end(contest)]);
    expect(Object.keys(codes).filter((code) => !['INVALID_TOKEN', 'INVALID_CREDENTIALS'].includes(code))).toEqual([]);
    expect(await contest.authenticatedAt()).toBe('ended');
    expect(await contest.callAs({ token: contest.token }).me().catch(codeOf)).toBe('INVALID_TOKEN');
  }
});

test('the right password of an ended session is no failed login', async () => {
  const { verifyCredentials, begun, pass } = slowVerification();
  const contest = await enter({ verifyCredentials });
  const running = contest.reauthenticate().catch(codeOf);
  await begun;
  await contest.durin.tokens.revoke(contest.sessionId);
  pass();
  expect(await running).toBe('INVALID_TOKEN');
  expect(contest.events.count('loginFailed')).toBe(0);
  expect(contest.events.count('reauthenticated')).toBe(0);
});

test('a session that ends by a deactivation stays ended', async () => {
  const contest = await enter();
  const em = arena.orm.em.fork();
  const user = await em.findOneOrFail(User, contest.userId);
  user.isActive = false;
  const { codes } = await settle<unknown>([...atOnce(10, contest.reauthenticate), em.flush()]);
  const expected = new Set(['USER_INACTIVE', 'TOKEN_EXPIRED', 'INVALID_TOKEN', 'INVALID_CREDENTIALS']);
  expect(Object.keys(codes).filter((code) => !expected.has(code))).toEqual([]);
  expect(['USER_INACTIVE', 'TOKEN_EXPIRED', 'INVALID_TOKEN']).toContain(
    await contest.callAs({ token: contest.token }).me().catch(codeOf),
  );
});

test('fifty reauthentications at once all succeed, in one row', async () => {
  const contest = await enter();
  const { values, codes } = await settle(atOnce(50, contest.reauthenticate));
  expect([values.length, codes]).toEqual([50, {}]);
  expect(await contest.rows()).toHaveLength(1);
});
