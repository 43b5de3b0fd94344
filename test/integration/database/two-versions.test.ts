import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { requestOf, requiredOptions, t } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';
import { closeDatabase } from '../../support/database.ts';
import { User } from '../../support/entities.ts';
import { runSql } from '../../support/version-0.1/app.ts';
import { openUpgrade } from '../../support/version-0.1/guide.ts';
import { processOfVersion01 } from '../../support/version-0.1/process.ts';

// The tests share a database, as a rolling deployment does: each continues from the one before.

let app: Awaited<ReturnType<typeof openDeployment>>;
beforeAll(async () => {
  app = await openDeployment();
});
afterAll(async () => {
  await app.present.close();
  await closeDatabase(app.orm);
});

/** A process of 0.1 and one of the present version, after the first migration of the guide. */
async function openDeployment() {
  const { orm, clock, tokens } = await openUpgrade(['expand-durin.ts', 'contract-durin.ts']);
  await orm.migrator.up({ to: 'ExpandDurin' });
  const present = createDurin({
    ...requiredOptions(orm),
    verifyCredentials: ({ input, em }) => em.findOneOrFail(User, { username: input.username }),
    now: clock,
  });
  const router = t.router({ auth: present.durinRouter });
  const call = (token?: string) =>
    router.createCaller(present.createContext(requestOf(token === undefined ? {} : { token })));
  return { orm, clock, tokens, present, old: processOfVersion01(orm, clock), call };
}

const login = (username: string, client: 'web' | 'cli' | 'api') =>
  app.call().auth.login({ username, password: '', client });

async function rowOf(id: string) {
  const [row] = await runSql(
    app.orm,
    `select t.slot, t.name, t.scopes, t.authenticated_at, t.max_expiry, t.ip_address as old_address,
       l.ip_address, l.last_used_at is not null as is_used
     from durin_auth_token t left join durin_token_use l on l.token_id = t.id where t.id = ?`,
    [id],
  );
  return row;
}

test('both versions accept the sessions of before', async () => {
  for (const { id, token, selector, userId, expiry } of app.tokens) {
    expect(await app.old.lookUp(selector)).toMatchObject({ id, user_id: userId });
    const outcome = await app.present.authenticate(token).then((session) => session.id, codeOf);
    expect(outcome).toBe(expiry === null || expiry.getTime() > app.clock() ? id : 'TOKEN_EXPIRED');
  }
});

test('a login of 0.1 is a session of the present version', async () => {
  const { id, token } = await app.old.login(2, 'cli');
  expect(await app.present.authenticate(token)).toMatchObject({ id, user: { username: 'bob' }, expiry: null });
  expect((await app.call(token).auth.sessions.list()).map((session) => session.id)).toContain(id);
  expect(await rowOf(id)).toMatchObject({ slot: 0, authenticated_at: null, max_expiry: null });
});

test('a login of the present version is a session of 0.1, which keeps it', async () => {
  const { token } = await login('carol', 'cli');
  const { id } = await app.present.authenticate(token);
  expect((await app.old.login(3, 'cli')).id).toBe(id);
  const { token: again } = await login('carol', 'cli');
  expect(again).toBe(token);
});

test('each version replaces a token of the other', async () => {
  const first = await app.old.login(1, 'api');
  const second = await app.present.tokens.issue({ user: 1, client: 'api' });
  await expect(app.present.authenticate(first.token)).rejects.toMatchObject({ durin: { code: 'INVALID_TOKEN' } });
  const third = await app.old.rotate(1, 'api');
  await expect(app.present.authenticate(second.token)).rejects.toMatchObject({ durin: { code: 'INVALID_TOKEN' } });
  expect((await app.present.authenticate(third.token)).id).toBe(third.id);
});

test('a token that 0.1 put into the row of another one inherits nothing', async () => {
  const { token, auth } = await app.present.tokens.issue({ user: 3, client: 'api', ttl: '1h' });
  await app.present.authenticate(token);
  await app.old.recordUse(auth.id);
  await runSql(
    app.orm,
    "update durin_auth_token set name = 'a laptop', scopes = '{reports:read}', authenticated_at = created where id = ?",
    [auth.id],
  );
  const replaced = await app.old.login(3, 'api'); // a login replaces a token that the server issued
  expect(await rowOf(replaced.id)).toEqual({
    slot: 0,
    name: null,
    scopes: null,
    authenticated_at: null,
    max_expiry: null,
    old_address: '198.51.100.1',
    ip_address: null,
    is_used: false,
  });
  app.clock.advance(7200);
  expect((await app.present.authenticate(replaced.token)).id).toBe(replaced.id);
});

test('each version records uses of any token', async () => {
  const mine = await app.old.login(1, 'web');
  await app.old.recordUse(mine.id);
  const [kept] = await runSql(app.orm, 'select ip_address from durin_auth_token where id = ?', [mine.id]);
  expect(kept).toEqual({ ip_address: '198.51.100.1' });
  const { token } = await app.old.rotate(2, 'web');
  await app.call(token).auth.sessions.list();
  const { id } = await app.present.authenticate(token);
  await expect.poll(() => rowOf(id)).toMatchObject({ ip_address: '127.0.0.1', is_used: true });
});

test('a logout in either version ends the session in both', async () => {
  const first = await app.old.login(2, 'web');
  const { token } = await app.old.rotate(2, 'web');
  await app.call(token).auth.logout();
  expect(await app.old.lookUp(first.selector)).toBeNull();
  const second = await app.old.login(2, 'web');
  await runSql(app.orm, 'delete from durin_auth_token where id = ?', [second.id]);
  await expect(app.present.authenticate(second.token)).rejects.toMatchObject({ durin: { code: 'INVALID_TOKEN' } });
});

test('the second migration ends at the tables of the present version', async () => {
  const { id, token } = await app.old.rotate(3, 'web');
  app.clock.advance(120);
  await app.old.recordUse(id);
  const before = await runSql(app.orm, 'select id from durin_auth_token order by id');
  await app.orm.migrator.up();
  expect(await app.orm.schema.getUpdateSchemaMigrationSQL({ wrap: false })).toEqual({ up: '', down: '' });
  expect(await runSql(app.orm, 'select id from durin_auth_token order by id')).toEqual(before);
  expect((await app.present.authenticate(token)).id).toBe(id);
  const [use] = await runSql(
    app.orm,
    'select (extract(epoch from last_used_at) * 1000)::float8 as used, user_agent from durin_token_use where token_id = ?',
    [id],
  );
  expect(use).toEqual({ used: app.clock(), user_agent: 'Version 0.1' });
});

test('limits may then be raised', async () => {
  await app.present.clients.update('web', { maxSessions: 2 });
  const [one, other] = [await login('alice', 'web'), await login('alice', 'web')];
  expect(one.token).not.toBe(other.token);
});
