import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin, DurinUsageError } from '../../../src/index.ts';
import { openApp, secret } from '../../support/app.ts';
import { type AuditedApp, inWords, openAuditedApp } from '../../support/audit/audited-app.ts';
import { audited, auditedOptions } from '../../support/audit/audited-entities.ts';
import { openDatabase } from '../../support/database.ts';
import { Organization, User } from '../../support/entities.ts';

let app: AuditedApp;
beforeAll(async () => {
  app = await openAuditedApp();
});
afterAll(() => app.close());

test('a change has its origin, its actor and its details', async () => {
  const { durin } = app;
  const { id, username } = await app.addUser();
  const origin = { ipAddress: '203.0.113.7', userAgent: 'Firefox "☃" 1' };
  const password = `password of ${username}`;
  const { token } = await app.callAs(origin).auth.login({ username, password, client: 'web', deviceName: 'lap' });
  const { id: tokenId } = (await app.callAs({ token }).auth.session()) ?? { id: '' };
  await app.callAs({ token, ...origin }).auth.logout();
  const of = { tokenId, userId: id, client: 'web', actor: 'user', actorUserId: id, ...origin };
  expect(await durin.audit.list({ user: id })).toMatchObject([
    { ...of, action: 'revoked', reason: 'logout', actorTokenId: tokenId, details: { name: 'lap' } },
    { ...of, action: 'issued', reason: null, actorTokenId: null, details: { name: 'lap' } },
  ]);
});

test('an admin is named, and so is the role of a statement in SQL', async () => {
  const { id } = await app.addUser();
  const { auth } = await app.durin.tokens.issue({ user: id, client: 'web' });
  const [entry] = await app.changesOf(() => app.run('delete from durin_auth_token where id = ?', [auth.id]));
  expect(entry).toMatchObject({ actor: 'database', actorUserId: null, details: { role: 'postgres' } });
});

test('no entry has a token or a part of one', async () => {
  const { id } = await app.addUser();
  const { token, auth } = await app.durin.tokens.issue({ user: id, client: 'web' });
  await app.durin.tokens.renew(auth.id);
  await app.run("update durin_auth_token set selector = 'another' where id = ?", [auth.id]);
  const text = JSON.stringify(await app.durin.audit.list({ user: id }));
  for (let start = 0; start + 8 <= token.length; start += 8) expect(text).not.toContain(token.slice(start, start + 8));
  expect(text).not.toContain('another');
});

test('a transaction that rolls back leaves no entry', async () => {
  const { durin, orm } = app;
  const { id } = await app.addUser();
  const entries = await app.changesOf(() =>
    orm.em
      .fork()
      .transactional(async () => {
        await durin.tokens.issue({ user: id, client: 'web' });
        await durin.clients.create({ name: 'never' });
        throw new Error('rolled back');
      })
      .catch(() => null),
  );
  expect(entries).toEqual([]);
});

test('a statement of the app in the same transaction is its own', async () => {
  const { durin, orm } = app;
  const { id } = await app.addUser();
  const { auth } = await durin.tokens.issue({ user: id, client: 'personal' });
  const entries = await app.changesOf(() =>
    orm.em.fork().transactional(async (em) => {
      await durin.tokens.issue({ user: id, client: 'web' });
      await new Promise((resolve) => setTimeout(resolve, 2)); // PGlite's clock counts milliseconds
      await em.nativeDelete(audited.AuthToken, auth.id);
    }),
  );
  expect(entries.map(inWords)).toEqual(['issued of web by server', 'revoked (revoked) of personal by database']);
});

test('lists are filtered and paged, the latest change first', async () => {
  const { durin } = app;
  const user = await app.addUser();
  const { auth } = await durin.tokens.issue({ user, client: 'web' });
  await durin.tokens.issue({ user, client: 'personal' });
  await durin.tokens.revokeAll({ user });
  const all = await durin.audit.list({ user });
  expect(all).toHaveLength(4);
  expect(await durin.audit.list({ user: user.id, client: 'personal' })).toHaveLength(2);
  expect(await durin.audit.list({ user, action: 'issued' })).toHaveLength(2);
  expect((await durin.audit.list({ tokenId: auth.id })).map(({ action }) => action)).toEqual(['revoked', 'issued']);
  expect(await durin.audit.list({ tokenId: 'no id' })).toEqual([]);
  expect(await durin.audit.list({ client: 'web\0' })).toEqual([]);
  const first = await durin.audit.list({ user, limit: 3 });
  expect([...first, ...(await durin.audit.list({ user, after: first[2]?.id }))]).toEqual(all);
});

test.each([
  [{ action: 'ended' }, 'action must be one of issued, '],
  [{ after: 'x' }, 'after must be the id of an entry'],
  [{ limit: 1001 }, 'limit must be a whole number from 1 to 1000'],
  [{ client: 7 }, "client must be a client's name"],
  [{ tokenId: 7 }, 'tokenId must be the id of a token'],
  [null, 'the filter must be an object'],
  ['issued', 'the filter must be an object'],
])('a wrong filter is named: %o', async (filter, message) => {
  await expect(app.durin.audit.list(filter as never)).rejects.toThrow(message);
});

test('old entries are purged', async () => {
  const { durin } = app;
  await durin.clients.create({ name: 'old' });
  await app.run("update durin_audit set at = at - interval '400 days' where client = 'old'");
  const others = (await durin.audit.list({ limit: 1000 })).length - 1;
  expect(await durin.audit.purge({ olderThan: '365d' })).toBe(1);
  expect(await durin.audit.list({ limit: 1000 })).toHaveLength(others);
  await expect(durin.audit.purge({ olderThan: 'a year' as '1d' })).rejects.toThrow('olderThan must be a duration');
});

test('without an audit, durin.audit says how to have one', async () => {
  const { durin, close } = await openApp();
  await expect(durin.audit.list()).rejects.toThrow(DurinUsageError);
  await expect(durin.audit.purge({ olderThan: '1d' })).rejects.toThrow('defineDurinEntities with audit: true');
  await close();
});

test('an ORM that does not know the entity is refused', async () => {
  const { Client, AuthToken } = audited;
  const orm = await openDatabase({ entities: [Organization, User, Client, AuthToken] });
  expect(() => createDurin(auditedOptions(orm, secret))).toThrow('MikroORM.init: entities must contain DurinAudit');
  await orm.close();
});
