import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, requestOf, requiredOptions, t } from '../../support/app.ts';
import { type Arena, type Contest, codeOf, hold, openArena, untilBlocked } from '../../support/arena.ts';
import { openAgain } from '../../support/database.ts';
import { entities, User } from '../../support/entities.ts';
import { tapStatements } from '../../support/statement-tap.ts';

// What a login verified in one process is changed in another while the login is under way.

let arena: Arena;
let otherOrm: Arena['orm'];
beforeAll(async () => {
  arena = await openArena();
  otherOrm = await openAgain(arena.orm, { entities });
});
afterAll(async () => {
  await otherOrm.close();
  await arena.close();
});

/** A login of the other process that waits, once it has verified the password, until it may go on. */
async function loginElsewhere({ username }: Contest) {
  const verified = Promise.withResolvers<void>();
  const mayGoOn = Promise.withResolvers<void>();
  const durin = createDurin({
    ...requiredOptions(otherOrm),
    clients,
    credentialFields: ['passwordHash'],
    async verifyCredentials({ input, em }) {
      const user = await em.findOne(User, { username: input.username });
      const isRight = user?.passwordHash === input.password;
      verified.resolve();
      await mayGoOn.promise;
      return isRight ? user : null;
    },
  });
  const { auth } = t.router({ auth: durin.durinRouter }).createCaller(durin.createContext(requestOf()));
  const login = auth.login({ username, password: 'old', client: 'web' }).then(() => 'signed in', codeOf);
  await verified.promise;
  return { login, goOn: mayGoOn.resolve };
}

async function enter(): Promise<Contest> {
  const contest = await arena.enter({ credentialFields: ['passwordHash'] });
  await setPassword(contest, 'old');
  return contest;
}

const setPassword = ({ orm, userId }: Contest, passwordHash: string) =>
  orm.em.nativeUpdate(User, userId, { passwordHash });

test('a login elsewhere with the old password is refused after the change', async () => {
  const contest = await enter();
  for (let round = 0; round < 15; round += 1) {
    const { login, goOn } = await loginElsewhere(contest);
    await setPassword(contest, 'new');
    await contest.durin.tokens.revokeAll({ user: contest.userId });
    goOn();
    expect(await login).toBe('INVALID_CREDENTIALS');
    expect(await contest.rows()).toEqual([]);
    await setPassword(contest, 'old');
  }
});

test('a login elsewhere waits for the change, and is refused', async () => {
  const contest = await enter();
  const { login, goOn } = await loginElsewhere(contest);
  const change = await hold(contest.orm, () => setPassword(contest, 'new'));
  goOn();
  await untilBlocked(contest.orm);
  await change.commit();
  expect(await login).toBe('INVALID_CREDENTIALS');
  expect(await contest.rows()).toEqual([]);
});

test('a change that is rolled back lets the login through', async () => {
  const contest = await enter();
  const { login, goOn } = await loginElsewhere(contest);
  const change = await hold(contest.orm, () => setPassword(contest, 'new'));
  goOn();
  await untilBlocked(contest.orm);
  await change.rollback();
  expect(await login).toBe('signed in');
});

test('no statement of a login carries a credential', async () => {
  const contest = await enter();
  await setPassword(contest, 'a hash that nobody should see');
  const statements = await tapStatements(contest.orm);
  await contest.login();
  expect(statements.map(({ text }) => text).join()).toContain('sha256');
  expect(JSON.stringify(statements)).not.toContain('nobody should see');
});

test('a flush that waits for the login ends its token', async () => {
  const contest = await enter();
  const login = await hold(contest.orm, () => contest.login());
  const em = contest.orm.em.fork();
  (await em.findOneOrFail(User, contest.userId)).passwordHash = 'new';
  const flush = em.flush();
  await untilBlocked(contest.orm);
  await login.commit();
  await flush;
  expect(await contest.callAs({ token: login.value.token }).me().catch(codeOf)).toBe('INVALID_TOKEN');
  expect(contest.events.of('tokenRevoked')).toMatchObject([{ reason: 'credentials-changed' }]);
});
