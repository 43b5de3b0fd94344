import { randomUUID } from 'node:crypto';
import { defineEntity, type EntityName, EntitySchema, p } from '@mikro-orm/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { createDurin, DurinError, defineDurinEntities } from '../../../src/index.ts';
import { type AdminApp, openAdminApp } from '../../support/admin-app.ts';
import { requestOf, secret, t } from '../../support/app.ts';
import { closeDatabase, openDatabase } from '../../support/database.ts';
import { User } from '../../support/entities.ts';

describe('users of the test app, labelled by username', () => {
  let app: AdminApp;
  beforeAll(async () => {
    app = await openAdminApp();
    await app.addUsers(['Alice 100%', 'al_ice', 'zoë', 'x!y\\z']);
  });
  afterAll(() => app.close());

  async function adminWith(options: object = {}) {
    const { adminRouter } = createDurinAdmin(app.durin, { isAdmin: () => true, ...options });
    const { token } = await app.durin.tokens.issue({ user: app.alice, client: 'web' });
    return t.router({ admin: adminRouter }).createCaller(app.durin.createContext(requestOf({ token }))).admin;
  }

  test('are found by part of the name, exact match first, in any case', async () => {
    const admin = await adminWith();
    const labels = async (search: string) => (await admin.users.search({ search })).map(({ label }) => label);
    expect(await labels('ALICE')).toEqual(['alice', 'Alice 100%']);
    expect(await labels('%')).toEqual(['Alice 100%']);
    expect(await labels('_')).toEqual(['al_ice']);
    expect(await labels('!')).toEqual(['x!y\\z']);
    expect(await labels('\\')).toEqual(['x!y\\z']);
    expect(await labels('ZOë')).toEqual(['zoë']);
    expect(await labels("'; drop table app_user; --")).toEqual([]);
    expect(await admin.users.search({ search: 'a', limit: 2 })).toHaveLength(2);
  });

  test('are found by key', async () => {
    const admin = await adminWith();
    expect(await admin.users.search({ search: String(app.bob.id) })).toEqual([{ id: app.bob.id, label: 'bob' }]);
    expect(await admin.users.get({ user: app.bob.id })).toEqual({ id: app.bob.id, label: 'bob' });
    for (const user of [0, -1, 1.5, 2 ** 31, 1e30, '', 'bob', '0x2', ' 2', '99999999999999999999'])
      await expect(admin.users.get({ user })).rejects.toMatchObject({
        durin: { code: 'USER_NOT_FOUND' },
      });
  });

  test('are found by key before names that contain it', async () => {
    const admin = await adminWith();
    await app.addUsers(Array.from({ length: 3 }, (_, index) => `a${app.bob.id}-${index}`));
    const search = String(app.bob.id);
    expect(await admin.users.search({ search, limit: 1 })).toEqual([{ id: app.bob.id, label: 'bob' }]);
    expect((await admin.users.search({ search })).length).toBeGreaterThan(3);
  });

  test('are labelled by userLabel, which sees visible columns only', async () => {
    const given: object[] = [];
    const admin = await adminWith({
      userLabel(user: { username: string; id: number }) {
        given.push(user);
        return `${user.username} #${user.id}`;
      },
    });
    expect(await admin.users.get({ user: app.bob.id })).toEqual({ id: app.bob.id, label: `bob #${app.bob.id}` });
    expect(await admin.whoami()).toMatchObject({ label: `alice #${app.alice.id}` });
    expect(Object.keys(given[0] ?? {}).toSorted()).toEqual(['id', 'isActive', 'organization', 'role', 'username']);
  });

  test('are found by searchUsers, as entities or keys, in its order', async () => {
    const queries: object[] = [];
    const admin = await adminWith({
      async searchUsers({ search, em, limit }: { search: string; em: typeof app.orm.em; limit: number }) {
        queries.push({ search, limit });
        const alice = await em.findOneOrFail(User, { username: 'alice' });
        return [app.bob.id, alice, app.bob.id, 4711];
      },
    });
    expect((await admin.users.search({ search: 'x', limit: 4 })).map(({ label }) => label)).toEqual(['bob', 'alice']);
    expect((await admin.users.search({ search: 'x', limit: 1 })).map(({ label }) => label)).toEqual(['bob']);
    expect((await admin.tokens.list({ search: 'y' })).items.map(({ user }) => user.label)).toEqual(['alice']);
    expect(queries).toEqual([
      { search: 'x', limit: 4 },
      { search: 'x', limit: 1 },
      { search: 'y', limit: 101 },
    ]);
  });

  test('the message of a searchUsers that fails stays hidden', async () => {
    const failing = await adminWith({ searchUsers: () => Promise.reject(new Error('hunter2')) });
    await expect(failing.users.search({ search: 'x' })).rejects.toMatchObject({ message: 'Internal server error' });
    const away = await adminWith({
      searchUsers: () => Promise.reject(Object.assign(new Error('x'), { code: 'ECONNRESET' })),
    });
    await expect(away.users.search({ search: 'x' })).rejects.toBeInstanceOf(DurinError);
    const none = await adminWith({ searchUsers: () => null });
    await expect(none.users.search({ search: 'x' })).rejects.toMatchObject({ message: 'Internal server error' });
  });
});

/** Opens an app with another user entity. Every user is an admin. */
async function openAppOf(user: EntityName<object>, users: readonly object[]) {
  const { Client, AuthToken } = defineDurinEntities({ user: () => user });
  const orm = await openDatabase({ entities: [user as never, Client, AuthToken] });
  const em = orm.em.fork();
  for (const values of users) em.create(user, values as never);
  await em.flush();
  const durin = createDurin({
    orm,
    entities: { User: user, Client, AuthToken },
    secret,
    clients: { web: {}, cli: {} },
    verifyCredentials: () => null,
  });
  await durin.clients.sync();
  const { adminRouter } = createDurinAdmin(durin, { isAdmin: () => true });
  return {
    durin,
    async adminAs(key: unknown) {
      const { token } = await durin.tokens.issue({ user: key, client: 'web' });
      return adminRouter.createCaller(durin.createContext(requestOf({ token })));
    },
    async [Symbol.asyncDispose]() {
      await durin.close();
      await closeDatabase(orm);
    },
  };
}

const uuid = randomUUID();

test.for([
  ['number', { type: 'integer', primary: true, autoincrement: false }, 7, 7, [2 ** 31, 'x', '7x']],
  [
    'bigint',
    { type: 'bigint', primary: true, autoincrement: false },
    9_007_199_254_740_993n,
    '9007199254740993',
    ['9223372036854775808', 1.5],
  ],
  ['string', { type: 'string', primary: true }, "o'brien:\\?", "o'brien:\\?", ['nobody', 7]],
  ['uuid', { type: 'uuid', primary: true }, uuid, uuid, ['x', 7, randomUUID()]],
] as const)('primary keys of type %s survive JSON', async ([, id, key, told, wrong]) => {
  const Keyed = new EntitySchema<{ id: unknown; title: string }>({
    name: 'Keyed',
    properties: { id, title: { type: 'string' } },
  });
  await using app = await openAppOf(Keyed as never, [{ id: key, title: 'x' }]);
  const actions: unknown[] = [];
  app.durin.events.on('adminAction', (event) => actions.push(event));
  const admin = await app.adminAs(key);
  const view = { id: told, label: String(key) };
  expect(await admin.whoami()).toMatchObject(view);
  expect(JSON.parse(JSON.stringify(await admin.users.search({ search: String(told) })))).toEqual([view]);
  expect(await admin.users.get({ user: told })).toEqual(view);
  expect(await admin.users.get({ user: String(told) })).toEqual(view);
  const { session } = await admin.tokens.issue({ user: told, client: 'cli' });
  expect(session.user).toEqual(view);
  expect((await admin.tokens.list({ user: told, search: String(told) })).items).toHaveLength(2);
  for (const user of wrong) {
    await expect(admin.users.get({ user })).rejects.toMatchObject({ durin: { code: 'USER_NOT_FOUND' } });
    expect(await admin.users.search({ search: String(user) })).toEqual([]);
  }
  expect(await admin.tokens.revokeAllOf({ user: told })).toEqual({ revoked: 2 });
  expect(actions).toMatchObject([
    { action: 'token-issued', userId: key, by: { userId: key } },
    { action: 'user-signed-out', userId: key },
  ]);
});

test('a uuid may be written in capitals', async () => {
  const Keyed = defineEntity({ name: 'KeyedByUuid', properties: { id: p.uuid().primary(), name: p.string() } });
  await using app = await openAppOf(Keyed as never, [{ id: uuid, name: 'x' }]);
  const admin = await app.adminAs(uuid);
  expect(await admin.users.get({ user: uuid.toUpperCase() })).toEqual({ id: uuid, label: 'x' });
  expect((await admin.tokens.list({ user: uuid.toUpperCase() })).items).toHaveLength(1);
});

test('labels fall back to email, name and key, never to hidden columns', async () => {
  const Person = defineEntity({
    name: 'Person',
    properties: {
      id: p.integer().primary(),
      username: p.string().hidden(),
      email: p.string().nullable(),
      name: p.string().nullable(),
    },
  });
  await using app = await openAppOf(Person as never, [
    { username: 'secret-1', email: 'ann@example.org', name: 'Ann' },
    { username: 'secret-2', email: null, name: 'Ben' },
    { username: 'secret-3', email: '', name: null },
  ]);
  const admin = await app.adminAs(1);
  const labels = async (search: string) => (await admin.users.search({ search })).map(({ label }) => label);
  expect(await labels('ann@')).toEqual(['ann@example.org']);
  expect(await labels('ben')).toEqual(['Ben']);
  expect(await labels('3')).toEqual(['3']);
  expect(await labels('secret')).toEqual([]);
});
