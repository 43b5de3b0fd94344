import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { openApp, requestOf, t } from '../../support/app.ts';
import { codeOf, tokenRows } from '../../support/arena.ts';
import { User } from '../../support/entities.ts';

// No `credentialFields`: within one process, revokeAll knows what is under way.

let app: Awaited<ReturnType<typeof openApp>>;
let alice: User;
beforeAll(async () => {
  app = await openApp();
  alice = await app.orm.em.fork().findOneOrFail(User, { username: 'alice' });
});
afterAll(() => app.close());

const setPassword = (passwordHash: string) => app.orm.em.nativeUpdate(User, alice.id, { passwordHash });
beforeEach(() => setPassword('old'));

/** An app whose logins wait, once they have verified the password, until they may go on. */
function mount() {
  const verified = Promise.withResolvers<void>();
  const mayGoOn = Promise.withResolvers<void>();
  const durin = createDurin({
    ...app.options,
    throttle: { login: false },
    async verifyCredentials({ input, em }) {
      const user = await em.findOne(User, { username: input.username });
      const isRight = user?.passwordHash === input.password;
      verified.resolve();
      await mayGoOn.promise;
      return isRight ? user : null;
    },
  });
  const router = t.router({ auth: durin.durinRouter, me: durin.authedProcedure.query(({ ctx }) => ctx.user.username) });
  const callAs = (token?: string) => router.createCaller(durin.createContext(requestOf({ token })));
  const login = (password: string, username = 'alice') =>
    callAs()
      .auth.login({ username, password, client: 'web' })
      .then(({ token }) => token, codeOf);
  return { durin, callAs, login, verified: verified.promise, goOn: mayGoOn.resolve };
}

test('the password changes, then all tokens are revoked', async () => {
  const { durin, login, verified, goOn } = mount();
  const attack = login('old');
  await verified;
  await setPassword('new');
  expect(await durin.tokens.revokeAll({ user: alice })).toBe(0);
  goOn();
  expect(await attack).toBe('INVALID_CREDENTIALS');
  expect(await tokenRows(app.orm, alice.id)).toEqual([]);
});

test('the user logs out everywhere', async () => {
  const { durin, callAs, login, verified, goOn } = mount();
  const { token } = await durin.tokens.issue({ user: alice, client: 'cli' });
  const attack = login('old');
  await verified;
  await callAs(token).auth.logoutAll();
  goOn();
  expect(await attack).toBe('INVALID_CREDENTIALS');
});

test('the login began while the transaction of the change was open', async () => {
  const { durin, login, verified, goOn } = mount();
  let attack: Promise<string> | undefined;
  await app.orm.em.fork().transactional(async (em) => {
    await durin.tokens.revokeAll({ user: alice });
    attack = login('old'); // verifies what the transaction has not changed yet
    await verified;
    await em.nativeUpdate(User, alice.id, { passwordHash: 'new' });
  });
  goOn();
  expect(await attack).toBe('INVALID_CREDENTIALS');
});

test('other users, other clients and later logins are not affected', async () => {
  const { durin, callAs, login, verified, goOn } = mount();
  await app.orm.em.nativeUpdate(User, { username: 'bob' }, { passwordHash: 'old' });
  const bob = login('old', 'bob');
  const spared = mount();
  const early = spared.login('old');
  await Promise.all([verified, spared.verified]);
  await durin.tokens.revokeAll({ user: alice });
  goOn();
  spared.goOn();
  expect(await callAs(await bob).me()).toBe('bob');
  expect(await callAs(await login('old')).me()).toBe('alice');
  expect(await callAs(await early).me()).toBe('alice'); // of another durin, as in another process
});
