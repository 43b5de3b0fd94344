import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { clients, password, requestOf, requiredOptions } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';
import { type OwnPostgres, openOwnPostgres } from '../../support/databases/own-postgres.ts';
import { User } from '../../support/entities.ts';

let postgres: OwnPostgres;
beforeAll(async () => {
  postgres = await openOwnPostgres();
  const em = postgres.orm.em.fork();
  em.create(User, { username: 'alice', passwordHash: null });
  await em.flush();
});
afterAll(() => postgres.stop());

async function open() {
  const lines: string[] = [];
  const durin = createDurin({
    ...requiredOptions(postgres.orm),
    verifyCredentials: ({ em, input }) => em.findOne(User, { username: input.username }),
    clients,
    databaseTimeout: '1s',
    onWarning: (line) => void lines.push(line),
  });
  await durin.clients.sync();
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const look = () => durin.authenticate(token).then(() => 'let in', codeOf);
  const login = () =>
    durin.durinRouter
      .createCaller(durin.createContext(requestOf()))
      .login({ username: 'alice', password, client: 'web' })
      .then(() => 'let in', codeOf);
  return { durin, lines, look, login };
}

/** Waits until health says so. */
const untilStatus = (durin: Awaited<ReturnType<typeof open>>['durin'], status: 'up' | 'down') =>
  vi.waitFor(async () => expect((await durin.health()).database.status).toBe(status), { timeout: 15_000 });

test('each outage of the database is one line, however many calls fail', async () => {
  const { durin, lines, look, login } = await open();
  for (const outage of [1, 2]) {
    await postgres.pause();
    for (let call = 0; call < 20; call += 1) expect(await look()).toBe('STORE_UNAVAILABLE');
    await untilStatus(durin, 'down');
    await vi.waitFor(() => expect(lines).toHaveLength(outage), 5000);
    await postgres.resume();
    await vi.waitFor(async () => expect(await look()).toBe('let in'), 5000);
    await untilStatus(durin, 'up');
  }
  const line =
    /^trpc-durin: calls are refused with STORE_UNAVAILABLE until the database works again: .*(?:terminat|ECONN|shut)/;
  for (const written of lines) expect(written).toMatch(line);
  await postgres.pause();
  for (let call = 0; call < 3; call += 1) expect(await login()).toBe('STORE_UNAVAILABLE');
  await vi.waitFor(() => expect(lines).toHaveLength(3), 5000);
  await postgres.resume();
  await untilStatus(durin, 'up');
  await durin.close();
});

test('health answers within a second while the database is frozen', async () => {
  const { durin, lines, look } = await open();
  await untilStatus(durin, 'up');
  await postgres.freeze();
  await vi.waitFor(async () => expect((await durin.health()).isHealthy).toBe(false), { timeout: 5000 });
  const startedAt = performance.now();
  const { database } = await durin.health();
  expect(performance.now() - startedAt).toBeLessThan(1000);
  expect(database).toMatchObject({
    status: 'down',
    reason: expect.stringContaining('did not answer within') as string,
  });
  expect(await look()).toBe('STORE_UNAVAILABLE');
  await vi.waitFor(() => expect(lines).toHaveLength(1), 5000);
  postgres.thaw();
  await untilStatus(durin, 'up');
  expect(lines).toHaveLength(1);
  await durin.close();
});

test('a forgotten migration is down, with the table by name', async () => {
  const { durin, lines, look } = await open();
  const connection = postgres.orm.em.getConnection();
  await connection.execute('alter table durin_auth_token rename to forgotten');
  await untilStatus(durin, 'down');
  expect((await durin.health()).database).toMatchObject({
    reason: 'durin_auth_token does not exist: run your migrations',
  });
  expect(await look()).toBe('STORE_UNAVAILABLE');
  await vi.waitFor(() => expect(lines).toHaveLength(1), 5000); // an outage is confirmed before it is reported
  await connection.execute('alter table forgotten rename to durin_auth_token');
  await untilStatus(durin, 'up');
  expect(lines).toHaveLength(1);
  await durin.close();
});

test('health does not belong to the transaction that it is called in', async () => {
  const { durin } = await open();
  const work = postgres.orm.em.fork().transactional(async (em) => {
    await em.execute('select 1 / 0').catch(() => undefined); // from now on, the transaction refuses statements
    return durin.health();
  });
  await work.catch(() => undefined);
  expect(await durin.health()).toMatchObject({ isHealthy: true });
  await durin.close();
});

test('a statement that fails by itself is no outage', async () => {
  const { durin, lines } = await open();
  await expect(durin.clients.create({ name: 'web' })).rejects.toThrow('already exists');
  await durin.close();
  expect(lines).toEqual([]);
});
