import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, createClock, password, requiredOptions, t } from '../../support/app.ts';
import { type OwnPostgres, openOwnPostgres } from '../../support/databases/own-postgres.ts';
import { User } from '../../support/entities.ts';
import { noteUncaught } from '../../support/uncaught.ts';
import { createWire } from '../../support/wire.ts';

const uncaught = noteUncaught();

let postgres: OwnPostgres;
let app: Awaited<ReturnType<typeof openOn>>;
beforeAll(async () => {
  postgres = await openOwnPostgres();
  app = await openOn(postgres);
});
afterAll(() => postgres.stop());

async function openOn({ orm }: OwnPostgres) {
  const em = orm.em.fork();
  const alice = em.create(User, { username: 'alice', passwordHash: null });
  await em.flush();
  const durin = createDurin({
    ...requiredOptions(orm),
    verifyCredentials: async ({ input, em: own }) => {
      const user = await own.findOne(User, { username: input.username });
      if (input.password === 'unforeseen') throw new Error('select secret_column from app_user failed');
      return input.password === password ? user : null;
    },
    clients,
    apiAccess: { clientName: 'api' },
    now: createClock(),
  });
  await durin.clients.sync();
  const router = t.router({
    auth: durin.durinRouter,
    me: durin.authedProcedure.query(({ ctx }) => ctx.user.username),
    web: durin.clientProcedure(['web']).query(({ ctx }) => ctx.auth.id),
    maybe: durin.optionalProcedure.query(({ ctx }) => ctx.user?.username ?? null),
    limited: durin.throttledProcedure({ scope: 'limited', rate: '100/s' }).query(() => true),
    open: durin.procedure.query(() => 'open'),
  });

  return { durin, call: createWire(router, durin).call, alice };
}

const login = (secret = password) =>
  app.call('auth.login', { input: { username: 'alice', password: secret, client: 'web' } });
const tokenOf = (answer: { data: unknown }) => (answer.data as { token: string }).token;

const unavailable = {
  status: 503,
  error: {
    message: 'The authentication store cannot be reached.',
    data: { code: 'SERVICE_UNAVAILABLE', durin: { code: 'STORE_UNAVAILABLE' } },
  },
};

const guarded = [
  'me',
  'web',
  'maybe',
  'limited',
  'auth.sessions.list',
  'auth.apiAccess.get',
  'auth.refresh',
  'auth.logout',
];
const others = ['auth.logoutAll', 'auth.sessions.revokeOthers', 'auth.apiAccess.create', 'auth.apiAccess.delete'];

test('calls answer 503 while the database is down and work afterwards', async () => {
  const token = tokenOf(await login());
  expect(await app.call('me', { token })).toMatchObject({ status: 200, data: 'alice' });

  await postgres.pause();
  for (const path of [...guarded, ...others]) {
    const answer = await app.call(path, { token });
    expect({ path, ...answer }).toMatchObject({ path, ...unavailable });
    expect(answer.text).not.toMatch(/ECONN|127\.0\.0\.1|connect|terminat|select|durin_auth|pool|\.ts:|\.js:/i);
  }
  const revoke = await app.call('auth.sessions.revoke', { token, input: { id: crypto.randomUUID() } });
  expect(revoke).toMatchObject(unavailable);
  expect(await app.call('open', { token })).toMatchObject({ status: 200, data: 'open' });
  expect(await app.call('me')).toMatchObject({ status: 401, error: { data: { durin: { code: 'NO_CREDENTIALS' } } } });

  await postgres.resume();
  expect(await app.call('me', { token })).toMatchObject({ status: 200, data: 'alice' });
  expect(await login()).toMatchObject({ status: 200, data: { token } });
  expect(await app.call('auth.logout', { token })).toMatchObject({ status: 200 });
});

test('a forged token is invalid even without the database', async () => {
  const forged = 'ab'.repeat(32);
  await postgres.pause();
  const answer = await app.call('me', { token: forged });
  await postgres.resume();
  expect(answer).toMatchObject({ status: 401, error: { data: { durin: { code: 'INVALID_TOKEN' } } } });
});

test('a login answers 503 if its credentials cannot be verified', async () => {
  await postgres.pause();
  const answers = await Promise.all([login(), login('wrong')]);
  await postgres.resume();
  for (const answer of answers) {
    expect(answer).toMatchObject(unavailable);
    expect(answer.text).not.toMatch(/ECONN|127\.0\.0\.1|app_user|select|\.ts:/i);
  }
  expect(await login()).toMatchObject({ status: 200 });
});

test('any other failure of verifyCredentials is a 500 without details', async () => {
  const answer = await login('unforeseen');
  expect(answer).toMatchObject({
    status: 500,
    error: { message: 'Internal server error', data: { code: 'INTERNAL_SERVER_ERROR' } },
  });
  expect(answer.text).not.toMatch(/secret_column|select|unforeseen|\.ts:/);
});

test('calls in flight when the database goes down succeed or answer 503', async () => {
  const token = tokenOf(await login());
  const calls = Array.from({ length: 200 }, (_, index) => (index % 10 ? app.call('me', { token }) : login()));
  await Promise.race(calls);
  const [answers] = await Promise.all([Promise.all(calls), postgres.pause()]);
  await postgres.resume();
  for (const answer of answers.filter(({ status }) => status !== 200)) expect(answer).toMatchObject(unavailable);
  expect(await app.call('me', { token })).toMatchObject({ status: 200 });
});

test('programmatic calls fail with STORE_UNAVAILABLE and its cause', async () => {
  const { durin, alice } = app;
  const { token, auth } = await durin.tokens.issue({ user: alice, client: 'cli' });
  await postgres.pause();
  const failures = await Promise.allSettled([
    durin.authenticate(token),
    durin.tokens.issue({ user: alice, client: 'web' }),
    durin.tokens.renew(auth.id),
    durin.tokens.revoke(auth.id),
    durin.tokens.revokeAll({ user: alice }),
    durin.tokens.purgeExpired(),
    durin.clients.list(),
    durin.clients.sync(),
    durin.clients.create({ name: 'new' }),
    durin.clients.update('web', { tokenTtl: '2d' }),
    durin.clients.delete('web'),
  ]);
  await postgres.resume();
  for (const failure of failures) {
    const reason = {
      code: 'SERVICE_UNAVAILABLE',
      durin: { code: 'STORE_UNAVAILABLE' },
      cause: expect.any(Error) as Error,
    };
    expect(failure).toMatchObject({ status: 'rejected', reason });
  }
  expect(await durin.authenticate(token)).toMatchObject({ id: auth.id });
});

test('unrecorded uses during an outage break nothing', async () => {
  const token = tokenOf(await login());
  await app.call('me', { token });
  await postgres.pause();
  await app.durin.close();
  await postgres.resume();
  expect(await app.call('me', { token })).toMatchObject({ status: 200 });
});

test('no error was left uncaught', () => {
  expect(uncaught).toEqual([]);
});
