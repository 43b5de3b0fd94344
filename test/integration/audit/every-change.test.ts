import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { requestOf } from '../../support/app.ts';
import { type AuditedApp, inWords, openAuditedApp } from '../../support/audit/audited-app.ts';
import { audited } from '../../support/audit/audited-entities.ts';
import type { User } from '../../support/entities.ts';
import { createReporter, toRequest } from '../../support/leaks/leak-reporter.ts';

// Each way in which a row of a token or a client changes leaves exactly one row in the audit.

let app: AuditedApp;
beforeAll(async () => {
  app = await openAuditedApp();
});
afterAll(() => app.close());

/** A user who is signed in on the web, with an API key. */
async function enter() {
  const { durin, callAs } = app;
  await app.run('delete from durin_auth_token');
  const user = await app.addUser();
  const { id, username } = user;
  const password = `password of ${username}`;
  const login = (client: 'web' | 'devices' | 'personal') => callAs().auth.login({ username, password, client });
  const { token } = await login('web');
  const { auth } = callAs({ token });
  const key = await durin.tokens.issue({ user: id, client: 'api', name: 'CI' });
  return { user, id, username, password, login, token, auth, key, webId: (await auth.session())?.id ?? '' };
}

type Entered = Awaited<ReturnType<typeof enter>>;

const { findKey, reportOf } = createReporter();

function admin(isBy: Entered) {
  const { adminRouter } = createDurinAdmin(app.durin, { isAdmin: () => true });
  return adminRouter.createCaller(app.durin.createContext(requestOf({ token: isBy.token })));
}

/** What is done, and what the audit has of it afterwards. */
const changes: Record<string, readonly [work: (entered: Entered) => Promise<unknown>, ...expected: string[]]> = {
  'a login with a new token': [({ login }) => login('personal'), 'issued of personal by user'],
  'a login with an existing token': [
    async ({ login }) => {
      app.clock.advance(1);
      await login('web');
    },
    'reauthenticated of web by user',
  ],
  'a login that replaces an expired token': [
    async ({ login }) => {
      app.clock.advance(2 * 86_400);
      await login('web');
    },
    'expired of web by user',
    'issued of web by user',
  ],
  'a login at the limit': [
    async ({ login }) => {
      for (const _ of [1, 2, 3]) await login('devices');
    },
    'issued of devices by user',
    'issued of devices by user',
    'revoked (evicted) of devices by user',
    'issued of devices by user',
  ],
  'durin.signIn': [
    ({ user }) => app.durin.signIn({ user, client: 'devices', ctx: app.durin.createContext(requestOf()) }),
    'issued of devices by user',
  ],
  'tokens.issue': [
    ({ id }) => app.durin.tokens.issue({ user: id, client: 'web' }),
    'revoked (replaced) of web by server',
    'issued of web by server',
  ],
  'tokens.renew': [
    ({ webId }) => {
      app.clock.advance(60);
      return app.durin.tokens.renew(webId);
    },
    'renewed of web by server',
  ],
  refresh: [
    ({ auth }) => {
      app.clock.advance(60);
      return auth.refresh();
    },
    'renewed of web by user',
  ],
  reauthenticate: [
    ({ auth, username, password }) => {
      app.clock.advance(60);
      return auth.reauthenticate({ username, password });
    },
    'reauthenticated of web by user',
  ],
  'sessions.rename': [
    ({ auth, webId }) => auth.sessions.rename({ id: webId, name: 'laptop' }),
    'renamed of web by user',
  ],
  'apiAccess.create': [({ auth }) => auth.apiAccess.create(), 'issued of personal by user'],
  'apiAccess.delete': [
    async ({ auth }) => {
      await auth.apiAccess.create();
      await auth.apiAccess.delete();
    },
    'issued of personal by user',
    'revoked (revoked) of personal by user',
  ],
  'keys.create': [({ auth }) => auth.keys.create({ name: 'deploy' }), 'issued of api by user'],
  'keys.rename': [({ auth, key }) => auth.keys.rename({ id: key.auth.id, name: 'other' }), 'renamed of api by user'],
  'keys.revoke': [({ auth, key }) => auth.keys.revoke({ id: key.auth.id }), 'revoked (revoked) of api by user'],
  'the first use of a rolled key': [
    async ({ auth, key }) => {
      const { token } = await auth.keys.roll({ id: key.auth.id });
      await app.callAs({ token }).read();
    },
    'rolled of api by user',
    'activated of api by user',
    'shortened of api by user',
  ],
  'the first use of a key that was rolled without overlap': [
    async ({ auth, key }) => {
      const { token } = await auth.keys.roll({ id: key.auth.id, overlap: '0s' });
      await app.callAs({ token }).read();
    },
    'rolled of api by user',
    'activated of api by user',
    'revoked (replaced) of api by user',
  ],
  'a notice that a key expires': [
    ({ key }) => {
      app.clock.advance(20 * 86_400);
      return app
        .callAs(key)
        .read()
        .then(() => app.durin.flush());
    },
    'warned of api by server',
  ],
  logout: [({ auth }) => auth.logout(), 'revoked (logout) of web by user'],
  logoutAll: [
    ({ auth }) => auth.logoutAll(),
    'revoked (logout-all) of api by user',
    'revoked (logout-all) of web by user',
  ],
  'sessions.revokeOthers': [({ auth }) => auth.sessions.revokeOthers(), 'revoked (revoked) of api by user'],
  'a change by a procedure of the app': [
    ({ token }) => app.callAs({ token }).signOut(),
    'revoked (revoked) of web by user',
  ],
  'tokens.revoke': [({ webId }) => app.durin.tokens.revoke(webId), 'revoked (revoked) of web by server'],
  'tokens.revokeAll': [
    ({ id, webId }) => app.durin.tokens.revokeAll({ user: id, except: webId }),
    'revoked (revoked) of api by server',
  ],
  'a leaked token': [
    ({ key }) => app.durin.leaks({ publicKey: findKey })(toRequest(reportOf(key.token))),
    'revoked (leaked) of api by server',
  ],
  'an expired token that is presented': [
    ({ auth }) => {
      app.clock.advance(2 * 86_400);
      return auth.session();
    },
    'expired of web by server',
  ],
  'a deactivation': [
    ({ user }) => app.flush(user, (row) => Object.assign(row, { isActive: false })),
    'revoked (user-inactive) of api by server',
    'revoked (user-inactive) of web by server',
  ],
  'a change of credentials': [
    ({ user }) => app.flush(user, (row) => Object.assign(row, { passwordHash: 'another' })),
    'revoked (credentials-changed) of api by server',
    'revoked (credentials-changed) of web by server',
  ],
  'a flush that deletes the user': [
    ({ user }) => app.flush(user, (row, em) => em.remove(row)),
    'revoked (user-deleted) of api by server',
    'revoked (user-deleted) of web by server',
  ],
  'a flush that deletes a token': [
    async ({ webId }) => {
      const em = app.orm.em.fork();
      em.remove(await em.findOneOrFail(audited.AuthToken, webId));
      await em.flush();
    },
    'revoked (revoked) of web by server',
  ],
  'an admin issues, renames, rolls and revokes': [
    async (entered) => {
      const { id } = (await admin(entered).tokens.issue({ user: entered.id, client: 'devices' })).session;
      await admin(entered).tokens.revoke({ id });
      await admin(entered).keys.rename({ id: entered.key.auth.id, name: 'renamed' });
      await admin(entered).keys.roll({ id: entered.key.auth.id });
    },
    'issued of devices by admin',
    'revoked (revoked) of devices by admin',
    'renamed of api by admin',
    'rolled of api by admin',
  ],
  'a deletion in SQL': [
    ({ webId }) => app.run('delete from durin_auth_token where id = ?', [webId]),
    'revoked (revoked) of web by database',
  ],
  'a deletion in SQL of an expired token': [
    async ({ webId }) => {
      await app.run("update durin_auth_token set expiry = now() - interval '1 second' where id = ?", [webId]);
      await app.run('delete from durin_auth_token where id = ?', [webId]);
    },
    'shortened of web by database',
    'expired of web by database',
  ],
  nativeDelete: [
    ({ webId }) => app.orm.em.fork().nativeDelete(audited.AuthToken, webId),
    'revoked (revoked) of web by database',
  ],
  'a deletion of the user in SQL': [
    ({ id }) => app.run('delete from app_user where id = ?', [id]),
    'revoked (user-deleted) of api by database',
    'revoked (user-deleted) of web by database',
  ],
  'an update in SQL of all that no action names': [
    ({ webId }) => app.run("update durin_auth_token set scopes = '{read}' where id = ?", [webId]),
    'changed of web by database',
  ],
  'an update in SQL that changes nothing': [
    ({ webId }) => app.run('update durin_auth_token set name = name where id = ?', [webId]),
  ],
};

test.each(Object.keys(changes))('%s', async (name) => {
  const [work, ...expected] = changes[name] ?? [() => Promise.resolve()];
  const entered: User | Entered = await enter();
  const entries = await app.changesOf(() => work(entered).catch(() => null));
  expect(entries.map(inWords).toSorted()).toEqual(expected.toSorted());
  expect(entries.filter(({ userId }) => userId !== entered.id)).toEqual([]);
});

test('clients: created, updated, deleted with their tokens, and in SQL', async () => {
  const { durin } = app;
  const { id } = await app.addUser();
  const entries = await app.changesOf(async () => {
    await durin.clients.create({ name: 'partner' });
    await durin.clients.update('partner', { tokenTtl: '2d' });
    await durin.tokens.issue({ user: id, client: 'partner' as 'web' });
    await durin.clients.delete('partner');
    await app.run("insert into durin_client (name) values ('by hand')");
    await durin.tokens.issue({ user: id, client: 'by hand' as 'web' });
    await app.run("delete from durin_client where name = 'by hand'");
  });
  expect(entries.map(inWords)).toEqual([
    'client-created of partner by server',
    'client-updated of partner by server',
    'issued of partner by server',
    'revoked (client-deleted) of partner by server',
    'client-deleted of partner by server',
    'client-created of by hand by database',
    'issued of by hand by server',
    'client-deleted of by hand by database',
    'revoked (client-deleted) of by hand by database',
  ]);
  expect(entries[1]?.details).toEqual({ changes: { token_ttl: [86_400, 172_800] } });
});

test('two clients that a statement deletes, with a token each', async () => {
  const { durin } = app;
  const { id } = await app.addUser();
  for (const name of ['one', 'two']) {
    await durin.clients.create({ name });
    await durin.tokens.issue({ user: id, client: name as 'web' });
  }
  const entries = await app.changesOf(() => app.run("delete from durin_client where name in ('one', 'two')"));
  expect(entries.map(inWords).toSorted()).toEqual([
    'client-deleted of one by database',
    'client-deleted of two by database',
    'revoked (client-deleted) of one by database',
    'revoked (client-deleted) of two by database',
  ]);
});

test('a purge: one row for each token that expired, also without use', async () => {
  const { durin, clock } = app;
  await app.run('delete from durin_auth_token');
  const { id } = await app.addUser();
  await durin.tokens.issue({ user: id, client: 'web' });
  await durin.tokens.issue({ user: id, client: 'devices' });
  clock.advance(2 * 3600);
  expect((await app.changesOf(() => durin.tokens.purgeExpired())).map(inWords)).toEqual([
    'expired of devices by server',
  ]);
  clock.advance(2 * 86_400);
  expect((await app.changesOf(() => durin.tokens.purgeExpired())).map(inWords)).toEqual(['expired of web by server']);
});
