import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { type CacheOptions, createDurin } from '../../../src/index.ts';
import { clients, password, requestOf, requiredOptions, t } from '../../support/app.ts';
import { codeOf, recordEvents } from '../../support/arena.ts';
import { type OwnPostgres, openOwnPostgres } from '../../support/databases/own-postgres.ts';
import { AuthToken, User } from '../../support/entities.ts';
import { tapStatements } from '../../support/statement-tap.ts';
import { noteUncaught } from '../../support/uncaught.ts';

const uncaught = noteUncaught();

const databaseTimeoutMs = 1000;
const maxConnections = 5;
/** The longest that a response may take: a timeout for each step of a call, and a margin for slow machines. */
const boundMs = 2 * databaseTimeoutMs + 2000;

let postgres: OwnPostgres;
beforeAll(async () => {
  postgres = await openOwnPostgres({ pool: { max: maxConnections } });
});
afterAll(() => postgres.stop());

async function openApp(cache?: CacheOptions) {
  const durin = createDurin({
    ...requiredOptions(postgres.orm),
    verifyCredentials: async ({ input, em }) =>
      input.password === password ? em.findOne(User, { username: input.username }) : null,
    clients,
    databaseTimeout: databaseTimeoutMs / 1000,
    cache,
  });
  await durin.clients.sync();
  const em = postgres.orm.em.fork();
  const user = em.create(User, { username: crypto.randomUUID(), passwordHash: null });
  await em.flush();
  const router = t.router({ auth: durin.durinRouter, me: durin.authedProcedure.query(({ ctx }) => ctx.user.username) });
  const callAs = (token?: string) => router.createCaller(durin.createContext(requestOf({ token })));
  return {
    durin,
    user,
    callAs,
    events: recordEvents(durin.events),
    me: (token: string) => inTime(() => callAs(token).me()),
    login: (client: keyof typeof clients) => callAs().auth.login({ username: user.username, password, client }),
  };
}

/** Returns the call's result or its error code, and checks that it settles in time. */
async function inTime<T>(call: () => Promise<T>) {
  const startedAt = performance.now();
  const answer = await call().catch(codeOf);
  expect(performance.now() - startedAt).toBeLessThan(boundMs);
  return answer;
}

let app: Awaited<ReturnType<typeof openApp>>;
let token: string;
afterEach(async () => {
  postgres.thaw();
  await app.durin.close();
});

describe('while PostgreSQL is frozen, without a cache', () => {
  beforeEach(async () => {
    app = await openApp();
    ({ token } = await app.login('web'));
  });

  test('every call fails in time and works again afterwards', async () => {
    const { callAs, durin, user } = app;
    const { auth } = callAs(token);
    await postgres.freeze();
    const calls: Record<string, () => Promise<unknown>> = {
      me: () => callAs(token).me(),
      login: () => app.login('web'),
      refresh: () => auth.refresh(),
      logout: () => auth.logout(),
      logoutAll: () => auth.logoutAll(),
      'sessions.list': () => auth.sessions.list(),
      'tokens.issue': () => durin.tokens.issue({ user, client: 'cli' }),
      'tokens.revokeAll': () => durin.tokens.revokeAll({ user }),
      'clients.list': () => durin.clients.list(),
    };
    const answers = Object.entries(calls).map(async ([name, call]) => [name, await inTime(call)]);
    expect(Object.fromEntries(await Promise.all(answers))).toEqual(
      Object.fromEntries(Object.keys(calls).map((name) => [name, 'STORE_UNAVAILABLE'])),
    );
    postgres.thaw();
    // A revocation that was under way takes effect late, and may end the session of the first login.
    await vi.waitFor(async () => {
      const again = await app.login('web');
      expect(await app.me(again.token)).toBe(user.username);
    }, 10_000);
  });

  test('a forged token is still an invalid token', async () => {
    await postgres.freeze();
    expect(await app.me('ab'.repeat(32))).toBe('INVALID_TOKEN');
  });

  test('look-ups that timed out are not sent afterwards', async () => {
    const statements = await tapStatements(postgres.orm);
    const sent = () => statements.filter(({ text }) => text.includes('t.selector =')).length;
    await postgres.freeze();
    const waves = Array.from({ length: 50 }, async (_, wave) => {
      for (let turn = 0; turn < wave; turn += 1) await new Promise((resolve) => setImmediate(resolve)); // no two share a batch
      return app.me(token);
    });
    expect(new Set(await Promise.all(waves))).toEqual(new Set(['STORE_UNAVAILABLE']));
    postgres.thaw();
    let asked = 0;
    await vi.waitFor(async () => {
      asked += 1;
      expect(await app.me(token)).toBe(app.user.username);
    }, 10_000);
    expect(sent()).toBeLessThanOrEqual(maxConnections + asked);
  });

  test('tokens whose issue timed out are not issued afterwards', async () => {
    const { durin, user } = app;
    const statements = await tapStatements(postgres.orm);
    const sent = () => statements.filter(({ text }) => /insert into \S*durin_auth_token\b/.test(text)).length;
    const issue = () => inTime(() => durin.tokens.issue({ user, client: 'web' }));
    await postgres.freeze();
    const waiting = 30;
    expect(new Set(await Promise.all(Array.from({ length: waiting }, issue)))).toEqual(new Set(['STORE_UNAVAILABLE']));
    postgres.thaw();
    await vi.waitFor(async () => expect(await issue()).toHaveProperty('token'), 10_000);
    // Those that had a connection, and the last one, which runs again if it meets one that PostgreSQL executes late.
    expect(sent()).toBeLessThanOrEqual(2 * maxConnections);
    expect(waiting).toBeGreaterThan(2 * maxConnections);
  });

  test('close does not wait for PostgreSQL', async () => {
    await app.callAs(token).me();
    await postgres.freeze();
    expect(await inTime(() => app.durin.close())).toBeUndefined();
  });
});

describe('while PostgreSQL is frozen, with a cache', () => {
  beforeEach(async () => {
    app = await openApp({ ttl: '60s' });
    ({ token } = await app.login('web'));
    await app.me(token);
  });

  test('a cached session is accepted, and no other is called invalid', async () => {
    const other = await app.login('cli');
    await postgres.freeze();
    expect(await app.me(token)).toBe(app.user.username);
    expect(await app.me(other.token)).toBe('STORE_UNAVAILABLE');
    postgres.thaw();
    await vi.waitFor(async () => expect(await app.me(other.token)).toBe(app.user.username), 10_000);
  });

  test('a session that an unanswered issue has ended is no longer cached', async () => {
    const { durin, user } = app;
    const { id } = await durin.authenticate(token);
    await postgres.freeze();
    expect(await inTime(() => durin.tokens.issue({ user, client: 'web' }))).toBe('STORE_UNAVAILABLE');
    postgres.thaw();
    const ofUser = { user, client: { name: 'web' } };
    await vi.waitFor(
      async () => expect(await postgres.orm.em.fork().findOne(AuthToken, ofUser)).not.toHaveProperty('id', id),
      10_000,
    );
    expect(await app.me(token)).toBe('INVALID_TOKEN');
  });

  test.each(['logout', 'logoutAll'] as const)('a %s fails and takes effect once PostgreSQL resumes', async (how) => {
    await postgres.freeze();
    expect(await inTime(() => app.callAs(token).auth[how]())).toBe('STORE_UNAVAILABLE');
    expect(app.events.count('tokenRevoked')).toBe(0);
    expect(await app.me(token)).toBe(app.user.username);
    postgres.thaw();
    await vi.waitFor(async () => expect(await app.me(token)).toBe('INVALID_TOKEN'), 10_000);
    expect(app.events.of('tokenRevoked')).toMatchObject([{ userId: app.user.id }]);
    const again = await app.login('web');
    expect(await app.me(again.token)).toBe(app.user.username);
  });
});

test('no error was left uncaught', () => {
  expect(uncaught).toEqual([]);
});
