import { inspect } from 'node:util';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createDurin, type DurinContext } from '../../../src/index.ts';
import { clients, createClock, password, requestOf, requiredOptions } from '../../support/app.ts';
import { recordEvents } from '../../support/arena.ts';
import { closeDatabase, openDatabase } from '../../support/database.ts';
import { entities, User } from '../../support/entities.ts';
import { createWire } from '../../support/wire.ts';

/** The passwords that the tour sends, right and wrong. */
const passwords = [password, 'hunter2-the-second', 'qwertz', `${'x'.repeat(5000)}too-long`];

/** A password typed into the user name field. The app's own queries, and so the ORM's log, contain it as a name. */
const mistyped = 'Tr0ub4dor&3';

let tour: Awaited<ReturnType<typeof takeTour>>;
beforeAll(async () => {
  tour = await takeTour();
});
afterAll(() => closeDatabase(tour.orm));

/** Calls everything once, with isDev on and off, and records every trace that it leaves. */
async function takeTour() {
  const logs: string[] = [];
  const methods = ['log', 'info', 'warn', 'error', 'debug', 'trace'] as const;
  const spies = methods.map((method) =>
    vi.spyOn(console, method).mockImplementation((...parts) => void logs.push(inspect(parts, { depth: 10 }))),
  );
  const orm = await openDatabase({ entities, debug: true, logger: (line) => logs.push(line) });
  const em = orm.em.fork();
  const alice = em.create(User, { username: 'alice', passwordHash: null });
  await em.flush();
  const clock = createClock();
  const durin = createDurin({
    ...requiredOptions(orm),
    verifyCredentials: async ({ input, em: own }) => {
      const user = await own.findOne(User, { username: input.username });
      return input.password === password ? user : null;
    },
    clients,
    apiAccess: { clientName: 'api', includeToken: true },
    now: clock,
  });
  await durin.clients.sync();
  const events = recordEvents(durin.events);
  durin.events.on('loggedIn', () => Promise.reject(new Error('a listener that fails')));

  const contexts: object[] = [];
  const tokens = new Set<string>();
  const refusals: string[] = [];
  const answers: string[] = [];
  for (const isDev of [true, false]) await walk(isDev);
  await durin.close();
  for (const spy of spies) spy.mockRestore();
  return { orm, logs, events: events.all, contexts, tokens: [...tokens], refusals, answers };

  async function walk(isDev: boolean): Promise<void> {
    const t = initTRPC.context<DurinContext>().create({ transformer: superjson, isDev });
    const router = t.router({
      auth: durin.durinRouter,
      me: t.procedure.concat(durin.authedProcedure).query(({ ctx }) => {
        contexts.push(ctx);
        return ctx.auth.id;
      }),
      fails: durin.authedProcedure.query(({ ctx }) => {
        throw new Error('fails', { cause: ctx });
      }),
    });
    const { createContext, responseMeta } = durin;
    const served = {
      createContext: (adapterCall: { req: Request }) => {
        const ctx = createContext({ ...adapterCall, ipAddress: '127.0.0.1' });
        contexts.push(ctx);
        return ctx;
      },
      responseMeta,
    };
    // Log errors as an app would.
    const wire = createWire(router, served, (facts) => logs.push(inspect(facts.error, { depth: 10 })));

    /** Records tokens where a response should contain one, and the text of every other response. */
    async function call(...request: Parameters<typeof wire.call>) {
      const answer = await wire.call(...request);
      const token = (answer.data as { token?: string } | undefined)?.token;
      if (token !== undefined) tokens.add(token);
      else (answer.error ? refusals : answers).push(answer.text);
      return { ...answer, token };
    }
    const login = (secret: string, client = 'web') =>
      call('auth.login', { input: { username: 'alice', password: secret, client } });

    const { token } = await login(password);
    await call('me', { token });
    await call('fails', { token });
    await call('auth.refresh', { token });
    await call('auth.apiAccess.create', { token });
    await call('auth.apiAccess.create', { token });
    await call('auth.apiAccess.get', { token });
    const other = await durin.tokens.issue({ user: alice, client: 'cli' });
    tokens.add(other.token);
    await call('auth.sessions.list', { token });
    await call('auth.sessions.revoke', { token, input: { id: other.token } });
    await call('auth.sessions.revoke', { token, input: { id: other.auth.id } });
    await call('me', { token: other.token });
    await call('me', { header: `Token ${token} ${token}` });
    await call('me', { header: `Bearer ${token}` });
    await call('me', { token: `${token?.slice(0, -1)}x` });
    await durin.authenticate(`Token ${token}`).catch((error: unknown) => refusals.push(inspect(error, { depth: 10 })));
    await call('auth.login', { input: { username: mistyped, password: passwords[1], client: 'web' } });
    await call('auth.login', { input: { username: 'alice', password: { nested: password }, client: 'web' } });
    await call('auth.login', { input: { username: 'alice', password: passwords[3], client: 'web' } });
    await call('auth.login', { input: { username: 'alice', password, client: mistyped } });
    await call('auth.login', { body: `{"json":{"password":${passwords[2]}}}` });
    await call('auth.login', { body: `{"json":"${password}","meta":{"values":["bigint"]}}` });
    for (let attempt = 0; attempt < 11; attempt += 1) await login(passwords[1] ?? '');
    await call('auth.apiAccess.delete', { token });
    await call('auth.logout', { token });
    clock.advance(60);
    const last = await login(password);
    await call('auth.logoutAll', { token: last.token });
    clock.advance(60);
    const expired = await login(password);
    clock.advance(86_400);
    await call('me', { token: expired.token });
  }
}

/** Every token, the secret half of each token, and the passwords. */
function secrets(): string[] {
  return [...tour.tokens, ...tour.tokens.map((token) => token.slice(32)), ...passwords];
}

function withSecrets(texts: readonly string[]): string[] {
  return texts.filter((text) => secrets().some((secret) => text.includes(secret)));
}

test('the tour covers every refusal and event', () => {
  expect(tour.tokens.length).toBeGreaterThanOrEqual(10);
  const codes = new Set(tour.refusals.flatMap((text) => /"durin":\{"code":"(\w+)"/.exec(text)?.[1] ?? []));
  const expected = [
    'MALFORMED_HEADER',
    'INVALID_TOKEN',
    'TOKEN_EXPIRED',
    'INVALID_CREDENTIALS',
    'THROTTLED',
    'UNKNOWN_CLIENT',
  ];
  for (const code of expected) expect(codes).toContain(code);
  expect(tour.refusals.filter((text) => text.includes('The input cannot be read.'))).toHaveLength(4);
  expect(new Set(tour.events.map(({ name }) => name)).size).toBe(9);
  expect(tour.logs.filter((line) => line.includes('durin_auth_token')).length).toBeGreaterThan(50);
  expect(tour.logs.filter((line) => line.includes('a listener that fails')).length).toBeGreaterThan(0);
});

test('no row of any table holds a secret', async () => {
  const connection = tour.orm.em.fork().getConnection();
  const tables: { name: string }[] = await connection.execute(
    "select quote_ident(table_name) as name from information_schema.tables where table_schema = 'public'",
  );
  expect(tables.length).toBeGreaterThanOrEqual(4);
  const dump = tables.map(({ name }) => connection.execute(`select t::text as row from ${name} t`));
  const rows: { row: string }[][] = await Promise.all(dump);
  expect(rows.flat().length).toBeGreaterThan(3);
  expect(withSecrets(rows.flat().map(({ row }) => row))).toEqual([]);
});

test('no log of the ORM, the console or errors holds a secret', () => {
  expect(withSecrets(tour.logs)).toEqual([]);
});

test('no refusal holds a secret or unreadable input', () => {
  expect(withSecrets(tour.refusals)).toEqual([]);
  expect(tour.refusals.filter((text) => text.includes(mistyped))).toEqual([]);
});

test('no response holds a secret except those that issue a token', () => {
  expect(tour.answers.length).toBeGreaterThan(10);
  expect(withSecrets(tour.answers)).toEqual([]);
});

test('no event holds a secret', () => {
  const events = tour.events.map((event) => JSON.stringify(event));
  expect(withSecrets(events)).toEqual([]);
  expect(events.filter((text) => text.includes(mistyped))).toEqual([]);
});

test('no context holds a secret at any depth', () => {
  expect(tour.contexts.length).toBeGreaterThan(60);
  expect(withSecrets(tour.contexts.map((ctx) => inspect(ctx, { depth: 10, showHidden: true })))).toEqual([]);
  expect(withSecrets(tour.contexts.map((ctx) => JSON.stringify(ctx)))).toEqual([]);
  expect(inspect(requestOf({ token: 'a-token' }), { depth: 10 })).toContain('a-token');
});
