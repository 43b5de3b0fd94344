import type { MikroORM } from '@mikro-orm/core';
import type { Pool } from 'pg';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { openApp, requestOf, requiredOptions, t } from '../../support/app.ts';
import { AuthToken, User } from '../../support/entities.ts';
import { tapStatements } from '../../support/statement-tap.ts';

// Planning the statements of a login takes longer than running them, so they are prepared.

let app: Awaited<ReturnType<typeof openLogins>>;
beforeAll(async () => {
  app = await openLogins();
});
afterAll(() => app.close());

async function openLogins() {
  const { orm, close } = await openApp();
  const durin = createDurin({
    ...requiredOptions(orm),
    clients: { web: {}, devices: { maxSessions: 2 } },
    verifyCredentials: ({ input, em }) => em.findOne(User, { username: input.username }),
    throttle: { login: false },
  });
  await durin.clients.sync();
  const caller = t.router({ auth: durin.durinRouter }).createCaller(durin.createContext(requestOf()));
  const login = (client: 'web' | 'devices') => caller.auth.login({ username: 'alice', password: 'any', client });
  return { orm, durin, login, close };
}

/** The statements that some work sends, other than that of `verifyCredentials`: whether each is prepared, and what it does. */
async function statementsOf(work: () => Promise<unknown>): Promise<string[]> {
  const statements = await tapStatements(app.orm);
  await work();
  const own = statements.filter(({ text }) => !text.startsWith('select "u0"'));
  return own.map(({ text }) => {
    const does = text.includes('insert into') ? 'issue' : 'read';
    return text.includes('$1::') ? `prepared ${does}` : text;
  });
}

test('a login of a client of one session is one prepared statement', async () => {
  expect(await statementsOf(() => app.login('web'))).toEqual(['prepared issue']);
});

test('a login of a further device is two prepared statements', async () => {
  await app.login('devices'); // the process learns that the client allows several sessions
  expect(await statementsOf(() => app.login('devices'))).toEqual(['prepared read', 'prepared issue']);
  await app.login('devices');
  expect(await statementsOf(() => app.login('devices'))).toEqual(['prepared read', 'prepared issue']);
});

test('logins survive a change of a column on every connection', async () => {
  const pool = await poolOf(app.orm);
  const connections = await Promise.all(Array.from({ length: 3 }, () => pool.connect()));
  for (const connection of connections) {
    connection.release(); // the only idle connection, so the login uses it
    await app.login('web');
    expect(await pool.connect()).toBe(connection);
  }
  for (const connection of connections) connection.release();
  await app.orm.em.getConnection().execute('alter table app_user alter column username type varchar(400)');
  for (let count = 0; count < 6; count += 1) await app.login('web');
});

test.each([
  ['the one that was to make room', 0, 1],
  ['another one than was to make room', 1, 0],
])('a login after the end of %s ends no other', async (_, ended, spared) => {
  const { orm, durin, login } = app;
  await durin.tokens.revokeAll({ user: 1 });
  const sessions: string[] = [];
  for (const device of ['oldest', 'newest']) {
    const { token } = await login('devices');
    const { id } = await durin.authenticate(token);
    const usedAt = device === 'oldest' ? '2026-01-01' : '2026-01-02';
    await orm.em
      .getConnection()
      .execute('update durin_token_use set last_used_at = ? where token_id = ?', [usedAt, id]);
    sessions.push(id);
  }
  const isInterrupted = await afterReading(orm, () => durin.tokens.revoke(sessions[ended] ?? ''));
  await login('devices');
  expect(isInterrupted()).toBe(true);
  const left = await orm.em.fork().find(AuthToken, { user: 1, client: { name: 'devices' } });
  expect(left).toHaveLength(2);
  expect(left.map(({ id }) => id)).toContain(sessions[spared]);
});

test('a login while its limit is lowered keeps to the new one', async () => {
  const { orm, durin, login } = app;
  await durin.tokens.revokeAll({ user: 1 });
  await login('devices');
  const isInterrupted = await afterReading(orm, () => durin.clients.update('devices', { maxSessions: 1 }));
  await login('devices');
  expect(isInterrupted()).toBe(true);
  expect(await orm.em.fork().count(AuthToken, { user: 1, client: { name: 'devices' } })).toBe(1);
});

async function poolOf(orm: MikroORM): Promise<Pool> {
  return (await orm.em.getDriver().getConnection().getNativeClient()) as Pool;
}

/** Does something once, between what a login reads without locks and what it writes. Returns whether it was done. */
async function afterReading(orm: MikroORM, work: () => Promise<unknown>): Promise<() => boolean> {
  const pool = await poolOf(orm);
  const client = await pool.connect();
  const { query } = client;
  const send = query.bind(client) as (...parameters: unknown[]) => Promise<unknown>;
  async function sendAndInterrupt(...parameters: unknown[]): Promise<unknown> {
    const result = await send(...parameters);
    const { text } = parameters[0] as { text?: string };
    if (text?.includes('json_agg(held)') !== true) return result;
    client.query = query;
    await work();
    return result;
  }
  client.query = sendAndInterrupt as typeof query;
  client.release(); // the next connection that is taken
  return () => client.query === query;
}
