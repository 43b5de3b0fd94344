import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDurin, type DurinContext } from '../../../src/index.ts';
import { openApp, password, requestOf, t } from '../../support/app.ts';
import { codeOf, recordEvents } from '../../support/arena.ts';
import { AuthToken, User } from '../../support/entities.ts';
import { createWire } from '../../support/wire.ts';

let app: Awaited<ReturnType<typeof openApp>>;
let alice: User;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  const em = app.orm.em.fork();
  await em.nativeUpdate(User, {}, { isActive: true });
  alice = await em.findOneOrFail(User, { username: 'alice' });
  await app.durin.tokens.revokeAll({ user: alice });
});

type Durin = typeof app.durin;

const newContext = (durin: Durin = app.durin) => durin.createContext(requestOf({ ipAddress: '203.0.113.7' }));
const signIn = (durin: Durin = app.durin, ctx: DurinContext = newContext(durin)) =>
  durin.signIn({ user: alice, client: 'web', ctx });

test('it returns what login returns, and the session', async () => {
  const durin = createDurin({
    ...app.options,
    serializeUser: ({ username }) => ({ name: username }),
    formatExpiry: (expiry) => expiry?.toISOString() ?? 'never',
    loginResponse: ({ auth, ctx }) => ({ left: auth.expiresIn, from: ctx.durin.ipAddress }),
  });
  const { auth, ...answer } = await durin.signIn({ user: alice, client: 'cli', ctx: newContext() });
  expect(answer).toEqual({
    token: expect.stringMatching(/^[0-9a-f]{64}$/),
    expiry: 'never',
    user: { name: 'alice' },
    left: 'never',
    from: '203.0.113.7',
  });
  expect(auth).toMatchObject({ id: (await durin.authenticate(answer.token)).id, client: { name: 'cli' } });
  const { createCaller } = t.router({ auth: durin.durinRouter });
  const login = createCaller(newContext()).auth.login({ username: 'alice', password, client: 'cli' });
  expect(await login).toEqual(answer);
});

test('it emits what a login emits, with the origin of the call', async () => {
  const { all } = recordEvents(app.durin.events);
  const { auth } = await signIn();
  const token = { tokenId: auth.id, userId: alice.id, client: 'web' };
  const origin = { ipAddress: '203.0.113.7', userAgent: 'test' };
  expect(all).toEqual([
    { name: 'tokenIssued', ...token, expiry: auth.expiry },
    { name: 'loggedIn', ...token, isNewToken: true, ...origin },
  ]);
});

test.each([
  ['keeps', {}, 'the same token, with its expiry'],
  ['extends', { refreshTokenOnLogin: true }, 'the same token'],
  ['replaces', { rotateTokenOnLogin: true }, 'another token'],
])('it %s a token as a login with %o does', async (_, options, expected) => {
  const durin = createDurin({ ...app.options, ...options });
  const first = await signIn(durin);
  app.clock.advance(60);
  const second = await signIn(durin);
  const kind = second.token !== first.token ? 'another token' : 'the same token';
  const isUnchanged = second.expiry?.getTime() === first.expiry?.getTime();
  expect(isUnchanged ? `${kind}, with its expiry` : kind).toBe(expected);
});

test('an inactive or deleted user is refused like a wrong password', async () => {
  const { of } = recordEvents(app.durin.events);
  const em = app.orm.em.fork();
  const carol = em.create(User, { username: 'carol' });
  await em.flush();
  await em.nativeDelete(User, carol.id);
  await em.nativeUpdate(User, alice.id, { isActive: false }); // the entity at hand does not know
  for (const user of [carol, alice, Object.assign(alice, { isActive: false })]) {
    const refusal = app.durin.signIn({ user, client: 'web', ctx: newContext() });
    await expect(refusal).rejects.toMatchObject({ durin: { code: 'INVALID_CREDENTIALS' } });
  }
  expect(of('loginFailed').map(({ userId }) => userId)).toEqual([carol.id, alice.id, alice.id]);
});

test('an unknown client is refused', async () => {
  for (const client of ['kiosk', 'a\0b']) {
    const refusal = app.durin.signIn({ user: alice, client: client as 'web', ctx: newContext() });
    await expect(refusal).rejects.toMatchObject({ durin: { code: 'UNKNOWN_CLIENT' } });
  }
});

test('a key instead of the entity, and a foreign context, are refused', async () => {
  const byKey = app.durin.signIn({ user: alice.id as never, client: 'web', ctx: newContext() });
  await expect(byKey).rejects.toThrow('signIn: user must be the user entity, and not its key');
  const foreign = { durin: { ipAddress: null, userAgent: null } } as never;
  await expect(app.durin.signIn({ user: alice, client: 'web', ctx: foreign })).rejects.toThrow('ctx.durin is missing');
});

test('the end of the sessions after its call refuses it', async () => {
  const signingIn = signIn().catch(codeOf);
  await app.durin.tokens.revokeAll({ user: alice });
  expect(await signingIn).toBe('INVALID_CREDENTIALS');
});

test('in a transaction that rolls back, it leaves no session', async () => {
  const rolledBack = new Error('rolled back by the test');
  const work = app.orm.em.fork().transactional(async (em) => {
    const dora = em.create(User, { username: 'dora' });
    await em.flush();
    await app.durin.signIn({ user: dora, client: 'web', ctx: newContext() });
    throw rolledBack;
  });
  await expect(work).rejects.toBe(rolledBack);
  expect(await app.orm.em.fork().count(AuthToken, {})).toBe(0);
});

test('later calls with the context are signed in', async () => {
  const router = t.router({ me: app.durin.authedProcedure.query(({ ctx }) => ctx.user.username) });
  const ctx = newContext();
  const caller = router.createCaller(ctx);
  await expect(caller.me()).rejects.toMatchObject({ durin: { code: 'NO_CREDENTIALS' } });
  const { auth } = await signIn(app.durin, ctx);
  expect(await caller.me()).toBe('alice');
  expect((await app.durin.authenticate(ctx.durin)).id).toBe(auth.id);
});

test('calls of a batch that wait for it are signed in', async () => {
  const { durin } = app;
  const router = t.router({
    auth: durin.durinRouter,
    enter: durin.procedure.mutation(async ({ ctx, batchIndex }) => {
      const { token } = await durin.signIn({ user: alice, client: 'web', ctx, batchIndex });
      return token;
    }),
    me: durin.authedProcedure.mutation(({ ctx }) => ctx.user.username),
  });
  const { token } = await durin.tokens.issue({ user: 2, client: 'web' });
  const { send } = createWire(router, durin);
  const call = (paths: string, count: number) =>
    send(
      new Request(`http://localhost/${paths}?batch=1`, {
        method: 'POST',
        headers: { authorization: `Token ${token}`, 'content-type': 'application/json' },
        body: JSON.stringify(Object.fromEntries(Array.from({ length: count }, (_, index) => [index, {}]))),
      }),
    );
  const response = await call('me,auth.logout,enter,me', 4);
  expect(await response.json()).toMatchObject([
    { result: { data: { json: 'bob' } } },
    {},
    {},
    { result: { data: { json: 'alice' } } },
  ]);
});
