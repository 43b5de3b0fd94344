import { afterAll, beforeAll, expect, test } from 'vitest';
import { requestOf } from '../../support/app.ts';
import {
  type Arena,
  type ArenaOptions,
  atOnce,
  codeOf,
  expectTrueLives,
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

/** A contest whose user signs in without a password. */
async function enter(options: ArenaOptions = {}) {
  const contest = await arena.enter(options);
  const { durin, orm, userId } = contest;
  const user = await orm.em.fork().findOneOrFail(User, userId);
  const signIn = () => durin.signIn({ user, client: 'web', ctx: durin.createContext(requestOf()) });
  const setPassword = (passwordHash: string) => orm.em.nativeUpdate(User, userId, { passwordHash });
  return { ...contest, signIn, setPassword };
}

test('many at once, beside logins, share one token', async () => {
  const contest = await enter();
  const { values, codes } = await settle([...atOnce(20, contest.signIn), ...atOnce(20, () => contest.login())]);
  expect(codes).toEqual({});
  expect(new Set(values.map(({ token }) => token)).size).toBe(1);
  await expectTrueLives(contest);
});

test('a change of the credentials after its call refuses it', async () => {
  const contest = await enter({ credentialFields: ['passwordHash'] });
  const change = await hold(contest.orm, () => contest.setPassword('changed'));
  const signingIn = contest.signIn().catch(codeOf);
  await untilBlocked(contest.orm);
  await change.commit();
  expect(await signingIn).toBe('INVALID_CREDENTIALS');
  expect(await contest.rows()).toEqual([]);
});

test('a change of the credentials before its call does not refuse it', async () => {
  const contest = await enter({ credentialFields: ['passwordHash'] });
  await contest.setPassword('changed'); // the entity at hand does not know
  const { auth } = await contest.signIn();
  expect(await contest.rows()).toMatchObject([{ id: auth.id }]);
});

test('an end that waits for it ends its token', async () => {
  const contest = await enter();
  const { durin, orm, userId, signIn, callAs } = contest;
  const signedIn = await hold(orm, signIn);
  const revoking = durin.tokens.revokeAll({ user: userId });
  await untilBlocked(orm);
  await signedIn.commit();
  expect(await revoking).toBe(1);
  expect(await callAs({ token: signedIn.value.token }).me().catch(codeOf)).toBe('INVALID_TOKEN');
});

test('one that waits for an end to commit is refused', async () => {
  const contest = await enter();
  const { durin, orm, userId, signIn } = contest;
  const end = await hold(orm, () => durin.tokens.revokeAll({ user: userId }));
  const signingIn = signIn().catch(codeOf);
  await untilBlocked(orm);
  await end.commit();
  expect(await signingIn).toBe('INVALID_CREDENTIALS');
  expect(await contest.rows()).toEqual([]);
});
