import { defineEntity, p } from '@mikro-orm/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { createDurin, DurinUsageError, defineDurinEntities } from '../../../src/index.ts';
import { requestOf, secret, t } from '../../support/app.ts';
import { closeDatabase, openDatabase } from '../../support/database.ts';

// mikro-orm #6943: a default filter of the user entity, such as one for soft deletion, applied to the app's queries only.

const Company = defineEntity({
  name: 'Company',
  properties: { id: p.integer().primary(), closed: p.boolean().default(false) },
  filters: { open: { name: 'open', cond: { closed: false }, default: true } },
});
const User = defineEntity({
  name: 'User',
  properties: {
    id: p.integer().primary(),
    username: p.string(),
    deletedAt: p.datetime().nullable(),
    tenant: p.integer().default(1),
    company: () => p.manyToOne(Company).nullable(),
    employer: () => p.manyToOne(Company),
  },
  filters: {
    softDelete: { name: 'softDelete', cond: { deletedAt: null }, default: true },
    named: { name: 'named', cond: { username: { $ne: 'nobody' } } },
    tenant: { name: 'tenant', cond: ({ id }: { id: number }) => ({ tenant: id }), default: true },
  },
});
const { Client, AuthToken } = defineDurinEntities({ user: () => User });

async function open() {
  const orm = await openDatabase({ entities: [Company, User, Client, AuthToken] });
  const durin = create({ tenant: { id: 1 } });
  await durin.clients.sync();
  const { adminRouter } = createDurinAdmin(durin, { isAdmin: () => true });
  const router = t.router({ auth: durin.durinRouter, admin: adminRouter });

  function create(filters?: Record<string, boolean | Record<string, unknown>>) {
    return createDurin({
      orm,
      entities: { User, Client, AuthToken },
      secret,
      clients: { web: {}, api: {} },
      apiAccess: { clientName: 'api' },
      cache: { ttl: '60s' },
      filters,
      verifyCredentials: ({ input, em }) => em.findOne(User, { username: input.username }, { filters: false }),
    });
  }
  async function addUser(username: string, values: object = {}) {
    const em = orm.em.fork();
    const user = em.create(User, { username, employer: em.create(Company, {}), ...values });
    await em.flush();
    return user;
  }
  /** Changes the user by a flush, as an app would. */
  async function change(id: number, apply: (user: Awaited<ReturnType<typeof addUser>>) => void) {
    const em = orm.em.fork();
    apply(await em.findOneOrFail(User, id, { filters: false, populate: ['employer', 'company'] }));
    await em.flush();
  }
  return { orm, durin, router, create, addUser, change };
}

let app: Awaited<ReturnType<typeof open>>;
beforeAll(async () => {
  app = await open();
});
afterAll(async () => {
  await app.durin.close();
  await closeDatabase(app.orm);
});

describe('a user that a filter hides', () => {
  test('is signed out, and back in once the filter lets it through', async () => {
    const { durin, addUser, change } = app;
    const { id } = await addUser('alice');
    const { token } = await durin.tokens.issue({ user: id, client: 'web' });
    expect((await durin.authenticate(token)).user).toMatchObject({ username: 'alice' });
    await change(id, (user) => {
      user.deletedAt = new Date();
    });
    await expect(durin.authenticate(token)).rejects.toThrow('Invalid token.');
    await change(id, (user) => {
      user.deletedAt = null;
    });
    expect((await durin.authenticate(token)).user).toMatchObject({ username: 'alice' });
  });

  test('gets no token, however it is asked for', async () => {
    const { durin, router, addUser, change } = app;
    const { id } = await addUser('bob');
    const admin = await addUser('admin');
    const { token } = await durin.tokens.issue({ user: id, client: 'web' });
    const asBob = router.createCaller(durin.createContext(requestOf({ token })));
    await change(id, (user) => {
      user.deletedAt = new Date();
    });
    await expect(durin.tokens.issue({ user: id, client: 'web' })).rejects.toThrow('there is no such user');
    await expect(asBob.auth.login({ username: 'bob', password: '', client: 'web' })).rejects.toThrow(
      'Unable to log in',
    );
    await expect(asBob.auth.apiAccess.create()).rejects.toThrow('Invalid token.');
    await expect(asBob.auth.refresh()).rejects.toThrow('Invalid token.');

    const issued = await durin.tokens.issue({ user: admin, client: 'web' });
    const asAdmin = router.createCaller(durin.createContext(requestOf({ token: issued.token }))).admin;
    await expect(asAdmin.tokens.issue({ user: id, client: 'web' })).rejects.toThrow('user');
    expect(await asAdmin.users.search({ search: 'bob' })).toEqual([]);
    const { items } = await asAdmin.tokens.list({});
    expect(items.map(({ user }) => user.id)).toContain(id); // for an admin to revoke
    expect(await durin.tokens.revokeAll({ user: id })).toBe(1);
  });

  test('is also one whose required relation is hidden', async () => {
    const { orm, durin, addUser, change } = app;
    const em = orm.em.fork();
    const company = em.create(Company, {});
    await em.flush();
    const { id } = await addUser('carol', { company: company.id });
    const { token } = await durin.tokens.issue({ user: id, client: 'web' });
    expect((await durin.authenticate(token)).user).toMatchObject({ company: company.id });
    const find = () => orm.em.fork().findOne(User, id, { filters: { tenant: { id: 1 } } });

    company.closed = true;
    await em.flush();
    expect((await find())?.company).toBeNull();
    expect((await durin.authenticate(token)).user).toMatchObject({ company: null });

    await change(id, (user) => {
      user.employer.closed = true;
    });
    expect(await find()).toBeNull();
    await expect(durin.authenticate(token)).rejects.toThrow('Invalid token.');
    await expect(durin.tokens.issue({ user: id, client: 'api' })).rejects.toThrow('there is no such user');
  });
});

describe('the option filters', () => {
  test('gives a filter its arguments, switches one on, and switches one off', async () => {
    const { create, addUser } = app;
    const { id } = await addUser('nobody', { tenant: 2, deletedAt: new Date() });
    const issueWith = (filters: Record<string, boolean | Record<string, unknown>>) =>
      create(filters).tokens.issue({ user: id, client: 'web' });
    await expect(issueWith({ tenant: { id: 2 } })).rejects.toThrow('there is no such user');
    await expect(issueWith({ tenant: { id: 1 }, softDelete: false })).rejects.toThrow('there is no such user');
    await expect(issueWith({ tenant: false, softDelete: false, named: true })).rejects.toThrow('there is no such user');
    expect((await issueWith({ tenant: { id: 2 }, softDelete: false })).token).toBeTruthy();
    expect((await issueWith({ tenant: false, softDelete: false })).token).toBeTruthy();
  });

  test.each([
    [undefined, /^filters: the filter 'tenant' of User must have a fixed condition, and it is a function\. Give its/],
    [{ tenant: { id: 1 }, sofDelete: false }, "filters: 'sofDelete' is no filter of an entity or of the config of orm"],
  ])('refuses %j when durin is created', (filters, sentence) => {
    expect(() => app.create(filters)).toThrow(DurinUsageError);
    expect(() => app.create(filters)).toThrow(sentence);
  });
});

test('filters of the config apply, and asynchronous ones are refused', async () => {
  const Plain = defineEntity({
    name: 'Plain',
    properties: { id: p.integer().primary(), hiddenBy: p.string().nullable() },
  });
  const durins = defineDurinEntities({ user: () => Plain });
  const orm = await openDatabase({
    entities: [Plain, durins.Client, durins.AuthToken],
    filters: {
      shown: { cond: { hiddenBy: null }, entity: 'Plain', default: true },
      later: { cond: async () => ({ hiddenBy: null }), entity: 'Plain', default: false },
    },
  });
  try {
    const options = {
      orm,
      entities: { User: Plain, ...durins },
      secret,
      clients: { web: {} },
      verifyCredentials: () => null,
    };
    expect(() => createDurin({ ...options, filters: { later: true } })).toThrow(
      "the filter 'later' of Plain must have",
    );
    const durin = createDurin(options);
    await durin.clients.sync();
    const em = orm.em.fork();
    const [seen, unseen] = [em.create(Plain, { hiddenBy: null }), em.create(Plain, { hiddenBy: "o'admin" })];
    await em.flush();
    expect((await durin.tokens.issue({ user: seen, client: 'web' })).token).toBeTruthy();
    await expect(durin.tokens.issue({ user: unseen, client: 'web' })).rejects.toThrow('there is no such user');
  } finally {
    await closeDatabase(orm);
  }
});
