import { describe, expect, test } from 'vitest';
import { type ArenaOptions, atOnce, type Contest, hold, settle, untilBlocked, useArena } from '../../support/arena.ts';
import { User } from '../../support/entities.ts';

const arena = useArena();

async function setActive({ orm, userId }: Contest, isActive: boolean): Promise<void> {
  const em = orm.em.fork({ keepTransactionContext: true });
  (await em.findOneOrFail(User, userId)).isActive = isActive;
  await em.flush();
}

const rules: [string, ArenaOptions][] = [
  ['the column isActive', {}],
  ['isUserActive', { isUserActive: (user) => user.isActive }],
];

describe.each(rules)('in an app that checks %s', (_, options) => {
  test("logins that wait for their user's deactivation are refused", async () => {
    const contest = await arena.enter(options);
    const deactivation = await hold(contest.orm, () => setActive(contest, false));
    const logins = settle(atOnce(5, () => contest.login()));
    await untilBlocked(contest.orm, 5);
    await deactivation.commit();
    expect(await logins).toEqual({ values: [], codes: { INVALID_CREDENTIALS: 5 } });
    await setActive(contest, true);
    expect(contest.events.count('loggedIn')).toBe(0);
    await contest.durin.tokens.purgeExpired(); // tokens issued meanwhile have expired
    expect(await contest.rows()).toEqual([]);
  });

  test('a deactivation that waits for a login ends its token', async () => {
    const contest = await arena.enter(options);
    const login = await hold(contest.orm, () => contest.login());
    const deactivation = setActive(contest, false);
    await untilBlocked(contest.orm);
    await login.commit();
    await deactivation;
    await setActive(contest, true);
    expect(await settle([contest.callAs({ token: login.value.token }).me()])).toMatchObject({ values: [] });
  });

  test("an API key that waits for its user's deactivation is refused", async () => {
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
