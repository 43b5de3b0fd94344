import { TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import superjson from 'superjson';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { z } from 'zod';
import { createDurin, type ThrottleOptions } from '../../../src/index.ts';
import { openApp, password, requestOf, t } from '../../support/app.ts';
import { codeOf, recordEvents, tokenRows } from '../../support/arena.ts';
import { User } from '../../support/entities.ts';

let app: Awaited<ReturnType<typeof openApp>>;
let token: string;
const alice = { username: 'alice', password };
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());
beforeEach(async () => {
  await app.durin.tokens.revokeAll({ user: 1 });
  ({ token } = await open()
    .call()
    .auth.login({ ...alice, client: 'web' }));
});

type OpenOptions = Partial<Pick<typeof app.options, 'verifyCredentials'>> & { throttle?: ThrottleOptions };

function open(options: OpenOptions = {}) {
  const durin = createDurin({ ...app.options, ...options });
  const router = t.router({
    auth: durin.durinRouter,
    me: durin.authedProcedure.query(({ ctx }) => ctx.user.username),
    erase: durin.guardedProcedure({ fresh: '10m' }).mutation(({ ctx }) => ctx.user.username),
  });
  const call = (given?: string) => router.createCaller(durin.createContext(requestOf({ token: given })));
  return { durin, router, call, events: recordEvents(durin.events) };
}

test('a session is fresh after its login, and not later', async () => {
  const { call } = open();
  app.clock.advance(600);
  expect(await call(token).erase()).toBe('alice');
  app.clock.advance(1);
  await expect(call(token).erase()).rejects.toMatchObject({
    code: 'UNAUTHORIZED',
    message: 'Please confirm that it is you.',
    durin: { code: 'REAUTHENTICATION_REQUIRED', maxAge: 600 },
  });
  expect(await call(token).me()).toBe('alice');
});

test('reauthenticate makes the session fresh, and changes nothing else', async () => {
  const { call, events } = open();
  const before = await tokenRows(app.orm, 1);
  app.clock.advance(3600);
  expect(await call(token).auth.reauthenticate(alice)).toBeUndefined();
  expect(await call(token).erase()).toBe('alice');
  expect(await tokenRows(app.orm, 1)).toEqual(before);
  expect(events.all).toEqual([
    {
      name: 'reauthenticated',
      tokenId: before[0]?.id,
      userId: 1,
      client: 'web',
      ipAddress: '127.0.0.1',
      userAgent: 'test',
    },
  ]);
});

test('a login that keeps the token makes it fresh as well', async () => {
  const { call } = open();
  app.clock.advance(3600);
  expect((await call().auth.login({ ...alice, client: 'web' })).token).toBe(token);
  expect(await call(token).erase()).toBe('alice');
});

test('a refresh does not make a session fresh', async () => {
  const { call } = open();
  app.clock.advance(3600);
  await call(token).auth.refresh();
  expect(await call(token).erase().catch(codeOf)).toBe('REAUTHENTICATION_REQUIRED');
});

test('a token that the server issued becomes fresh by a password only', async () => {
  const { durin, call } = open();
  const issued = await durin.tokens.issue({ user: 1, client: 'cli' });
  expect(await call(issued.token).erase().catch(codeOf)).toBe('REAUTHENTICATION_REQUIRED');
  await call(issued.token).auth.reauthenticate(alice);
  expect(await call(issued.token).erase()).toBe('alice');
});

test.each([
  ['a wrong password', { ...alice, password: 'wrong' }],
  ['a user who does not exist', { username: 'nobody', password }],
  ['the right password of another user', { username: 'bob', password }],
])('%s is refused as a failed login of the user', async (_, input) => {
  const { call, events } = open();
  app.clock.advance(3600);
  await expect(call(token).auth.reauthenticate(input)).rejects.toMatchObject({
    message: 'Unable to log in with provided credentials.',
    durin: { code: 'INVALID_CREDENTIALS' },
  });
  expect(events.all).toEqual([
    { name: 'loginFailed', code: 'INVALID_CREDENTIALS', userId: 1, ipAddress: '127.0.0.1', userAgent: 'test' },
  ]);
  expect(await call(token).erase().catch(codeOf)).toBe('REAUTHENTICATION_REQUIRED');
  expect(await call(token).me()).toBe('alice'); // the session goes on
});

test('failures count towards the limits on logins', async () => {
  const { call } = open({ throttle: { login: { perUser: '3/h' } } });
  const guess = () =>
    call(token)
      .auth.reauthenticate({ ...alice, password: 'wrong' })
      .catch(codeOf);
  expect([await guess(), await guess(), await guess(), await guess()]).toEqual([
    'INVALID_CREDENTIALS',
    'INVALID_CREDENTIALS',
    'INVALID_CREDENTIALS',
    'THROTTLED',
  ]);
  expect(await call(token).auth.reauthenticate(alice).catch(codeOf)).toBe('THROTTLED');
  expect(
    await call()
      .auth.login({ ...alice, client: 'web' })
      .catch(codeOf),
  ).toBe('THROTTLED');
  expect(await call().auth.login({ username: 'bob', password, client: 'web' })).toBeDefined();
});

test('a right password of another user counts as a failure of that user', async () => {
  const { call } = open({ throttle: { login: { perUser: '1/h' } } });
  expect(await call(token).auth.reauthenticate({ username: 'bob', password }).catch(codeOf)).toBe(
    'INVALID_CREDENTIALS',
  );
  expect(await call().auth.login({ username: 'bob', password, client: 'web' }).catch(codeOf)).toBe('THROTTLED');
});

test('without a valid session, no password is verified', async () => {
  const verified: string[] = [];
  const { call } = open({
    async verifyCredentials({ input }) {
      verified.push(input.username);
      return null;
    },
  });
  expect(await call().auth.reauthenticate(alice).catch(codeOf)).toBe('NO_CREDENTIALS');
  expect(await call('f'.repeat(64)).auth.reauthenticate(alice).catch(codeOf)).toBe('INVALID_TOKEN');
  expect(verified).toEqual([]);
});

test('a user who is not active is refused', async () => {
  const { call } = open();
  await app.orm.em.fork().nativeUpdate(User, 1, { isActive: false });
  expect(await call(token).auth.reauthenticate(alice).catch(codeOf)).toBe('USER_INACTIVE');
  await app.orm.em.fork().nativeUpdate(User, 1, { isActive: true });
});

test('verifyCredentials may refuse in words of its own', async () => {
  const { call, events } = open({
    async verifyCredentials() {
      throw new TRPCError({ code: 'FORBIDDEN', message: 'Confirm your e-mail address first.' });
    },
  });
  await expect(call(token).auth.reauthenticate(alice)).rejects.toThrow('Confirm your e-mail address first.');
  expect(events.of('loginFailed')).toMatchObject([{ code: 'INVALID_CREDENTIALS', userId: 1 }]);
});

test('later calls of a batch see the reauthentication', async () => {
  const { durin, router } = open();
  app.clock.advance(3600);
  const response = await fetchRequestHandler({
    endpoint: '/trpc',
    router,
    createContext: ({ req }) => durin.createContext({ req, ipAddress: '127.0.0.1' }),
    req: new Request('http://localhost/trpc/auth.reauthenticate,erase?batch=1', {
      method: 'POST',
      headers: { authorization: `Token ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ 0: superjson.serialize(alice) }),
    }),
  });
  expect(await response.json()).toMatchObject([{ result: {} }, { result: { data: { json: 'alice' } } }]);
});

test('the input is that of login, without the client', async () => {
  const inputs: unknown[] = [];
  const durin = createDurin({
    ...app.options,
    loginInput: z.discriminatedUnion('by', [
      z.strictObject({ by: z.literal('password'), username: z.string(), password: z.string() }),
      z.strictObject({ by: z.literal('code'), email: z.email().transform((email) => email.toUpperCase()) }),
    ]),
    resolveClient: () => 'cli', // the session is of another client
    async verifyCredentials({ input, em }) {
      inputs.push(input);
      return em.findOne(User, 1);
    },
  });
  const call = () => durin.durinRouter.createCaller(durin.createContext(requestOf({ token })));
  await call().reauthenticate({ by: 'code', email: 'a@b.cd' });
  await call().reauthenticate({ by: 'password', ...alice });
  expect(inputs).toEqual([
    { by: 'code', email: 'A@B.CD' },
    { by: 'password', ...alice },
  ]);
  await expect(call().reauthenticate({ by: 'code' } as never)).rejects.toMatchObject({ code: 'BAD_REQUEST' });
});

test('a malformed duration is refused when the procedure is built', () => {
  expect(() => app.durin.guardedProcedure({ fresh: 'soon' as never })).toThrow(
    'guardedProcedure: fresh must be a duration',
  );
});
