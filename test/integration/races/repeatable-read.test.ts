import { describe, expect, test } from 'vitest';
import { atOnce, codeOf, hold, openArena, settle, untilBlocked, useArena } from '../../support/arena.ts';
import { User } from '../../support/entities.ts';

// A transaction of the app at `repeatable read` reads what was committed when it began. It does not see a token that was
// stored while it waited for its user's row.

const changes = {
  deactivated: { isActive: false },
  'given a new password': { passwordHash: 'new' },
};

describe('at repeatable read', () => {
  const arena = useArena({ driverOptions: { options: '-c default_transaction_isolation=repeatable\\ read' } });

  test.each(Object.entries(changes))('a token that a user got while being %s ends', async (_, change) => {
    const contest = await arena.enter({ credentialFields: ['passwordHash'] });
    const { orm, userId } = contest;
    const login = await hold(orm, () => contest.login());
    const em = orm.em.fork();
    Object.assign(await em.findOneOrFail(User, userId), change);
    const flush = em.flush();
    await untilBlocked(orm);
    await login.commit();
    await flush;
    await orm.em.fork().nativeUpdate(User, userId, { isActive: true });
    expect(await contest.callAs({ token: login.value.token }).me().catch(codeOf)).toMatch(/INVALID_TOKEN|EXPIRED/);
    expect(contest.events.count('tokenRevoked')).toBe(1);
  });

  test('a token that the transaction of revokeAll could not see ends', async () => {
    const contest = await arena.enter();
    const { orm, durin, userId: user } = contest;
    const login = await hold(orm, () => contest.login());
    const ending = orm.em.fork().transactional(async (em) => {
      await em.count(User); // from here on, it reads what is committed now
      await durin.tokens.revokeAll({ user });
      return durin.tokens.issue({ user, client: 'cli' });
    });
    await untilBlocked(orm);
    await login.commit();
    const { token } = await ending;
    expect(await contest.callAs({ token: login.value.token }).me().catch(codeOf)).toBe('INVALID_TOKEN');
    expect(await contest.callAs({ token }).me()).toBeTruthy();
  });
});

test.each(['repeatable read', 'serializable'])('a hundred logins at %s get one token', async (level) => {
  const options = `-c default_transaction_isolation=${level.replace(' ', '\\ ')}`;
  const arena = await openArena({ driverOptions: { options } });
  try {
    const contest = await arena.enter({ throttle: { login: false } });
    const { values, codes } = await settle(atOnce(100, () => contest.login()));
    expect(codes).toEqual({});
    expect(new Set(values.map(({ token }) => token)).size).toBe(1);
    const sessions = values.map(({ token }) => contest.callAs({ token }));
    expect((await settle(sessions.map(({ auth }) => auth.refresh()))).codes).toEqual({});
  } finally {
    await arena.close();
  }
});
