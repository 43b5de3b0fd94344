import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import {
  type Arena,
  type ArenaOptions,
  atOnce,
  type Contest,
  hold,
  openArena,
  settle,
  untilBlocked,
} from '../../support/arena.ts';
import { User } from '../../support/entities.ts';

let arena: Arena;
beforeAll(async () => {
  arena = await openArena();
});
afterAll(() => arena.close());

async function setActive({ orm, userId }: Contest, isActive: boolean): Promise<void> {
  const em = orm.em.fork({ keepTransactionContext: true });
  (await em.findOneOrFail(User, userId)).isActive = isActive;
  await em.flush();
}

const rules: [string, ArenaOptions][] = [
  ['isActive', {}],
  ['a rule of its own', { isUserActive: (user) => user.isActive }],
];

describe.each(rules)('of an app that judges users by %s', (_, options) => {
  test('logins that wait for the deactivation of their user are refused, and leave nothing for its reactivation', async () => {
    const contest = await arena.enter(options);
    const deactivation = await hold(contest.orm, () => setActive(contest, false));
    const logins = settle(atOnce(5, () => contest.login()));
    await untilBlocked(contest.orm, 5);
    await deactivation.commit();
    expect(await logins).toEqual({ values: [], codes: { INVALID_CREDENTIALS: 5 } });
    await setActive(contest, true);
    expect(contest.events.count('loggedIn')).toBe(0);
    await contest.durin.tokens.purgeExpired(); // whatever was issued has ended
    expect(await contest.rows()).toEqual([]);
  });

  test('a login that a deactivation waits for is ended by it', async () => {
    const contest = await arena.enter(options);
    const login = await hold(contest.orm, () => contest.login());
    const deactivation = setActive(contest, false);
    await untilBlocked(contest.orm);
    await login.commit();
    await deactivation;
    await setActive(contest, true);
    expect(await settle([contest.callAs({ token: login.value.token }).me()])).toMatchObject({ values: [] });
  });

  test('an API key that waits for the deactivation of its user is refused', async () => {
    const contest = await arena.enter(options);
    const { token } = await contest.login();
    const deactivation = await hold(contest.orm, () => setActive(contest, false));
    const creation = settle([contest.callAs({ token }).auth.apiAccess.create()]);
    await untilBlocked(contest.orm);
    await deactivation.commit();
    expect(await creation).toEqual({ values: [], codes: { USER_INACTIVE: 1 } });
    await setActive(contest, true);
    expect((await settle([contest.callAs({ token }).me()])).values).toEqual([]);
  });
});
