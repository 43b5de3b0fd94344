import type { EntityManager } from '@mikro-orm/core';
import { MikroORM, type SqlEntityManager } from '@mikro-orm/postgresql';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { createDurin } from '../../../src/index.ts';
import { clients, password, requestOf, requiredOptions, t } from '../../support/app.ts';
import { closeDatabase, connect, openDatabase, postgresUrl } from '../../support/database.ts';
import { entities, User } from '../../support/entities.ts';
import { databaseUrl } from '../../support/servers/database-server.ts';

const urlOf = ({ config }: MikroORM) => databaseUrl(postgresUrl ?? '', config.get('dbName') ?? '');

/** The primary has everything. The replica is so far behind that it has no tables yet: reading it fails. */
let primary: MikroORM;
let replica: MikroORM;
let orm: MikroORM;
beforeAll(async () => {
  primary = (await openDatabase({ entities })) as MikroORM;
  replica = (await connect({ entities })) as MikroORM;
  orm = await MikroORM.init({ clientUrl: urlOf(primary), entities, replicas: [{ clientUrl: urlOf(replica) }] });
});
afterAll(async () => {
  await orm.close(true);
  await closeDatabase(replica);
  await closeDatabase(primary);
});

let username: string;
let userId: number;
beforeEach(async () => {
  username = crypto.randomUUID();
  const em = orm.em.fork();
  const user = em.create(User, { username, passwordHash: password });
  await em.flush();
  userId = user.id;
});

type Find = (em: SqlEntityManager, name: string) => Promise<object | null>;

async function openApp(find: Find = (em, name) => em.findOne(User, { username: name })) {
  const durin = createDurin({
    ...requiredOptions(orm),
    verifyCredentials: ({ input, em }: { input: { username: string }; em: EntityManager }) =>
      find(em as SqlEntityManager, input.username) as Promise<User | null>,
    clients: { ...clients, keys: { keys: {} } },
    apiAccess: { clientName: 'api' },
    populate: ['user', 'user.organization'],
    serializeUser: (user) => user.username,
  });
  await durin.clients.sync();
  const { adminRouter } = createDurinAdmin(durin, {
    isAdmin: () => true,
    searchUsers: ({ search, em }) => em.find(User, { username: { $like: `${search}%` } }),
  });
  const router = t.router({
    auth: durin.durinRouter,
    admin: adminRouter,
    me: durin.authedProcedure.query(({ ctx }) => ctx.user),
  });
  const callAs = (token?: string) => router.createCaller(durin.createContext(requestOf({ token })));
  const logIn = async (client: 'web' | 'cli' = 'web') => {
    const { token } = await callAs().auth.login({ username, password, client });
    return callAs(token);
  };
  return { durin, callAs, logIn };
}

test("the app's own reads go to the replica, and fail there", async () => {
  await expect(orm.em.fork().findOne(User, { username })).rejects.toThrow('does not exist');
});

const finds: Record<string, Find> = {
  findOne: (em, name) => em.findOne(User, { username: name }),
  find: async (em, name) => (await em.find(User, { username: name }))[0] ?? null,
  'findOne with populate': (em, name) => em.findOne(User, { username: name }, { populate: ['organization'] }),
  'a fork': (em, name) => em.fork().findOne(User, { username: name }),
  'a transaction': (em, name) => em.transactional((own) => own.findOne(User, { username: name })),
  'a query builder': (em, name) => em.createQueryBuilder(User).where({ username: name }).getSingleResult(),
  count: async (em, name) =>
    (await em.count(User, { username: name })) === 1 ? em.findOneOrFail(User, { username: name }) : null,
  SQL: async (em, name) => {
    const [row] = await em.execute<{ id: number }[]>('select id from app_user where username = ?', [name]);
    return em.findOne(User, row?.id ?? 0);
  },
};

test.each(Object.entries(finds))('verifyCredentials reads the primary by %s', async (_how, find) => {
  const { logIn } = await openApp(find);
  expect(await (await logIn()).me()).toMatchObject({ username });
});

test('nothing that a user does reads a replica', async () => {
  const { durin, logIn } = await openApp();
  const here = await logIn();
  const there = await logIn('cli');
  expect(await here.auth.sessions.list()).toHaveLength(2);
  await here.auth.session();
  await here.auth.refresh();
  await here.auth.reauthenticate({ username, password });
  const { id } = await here.auth.keys.create({ name: 'a key' });
  await here.auth.keys.list();
  await here.auth.keys.roll({ id });
  await here.auth.apiAccess.create();
  await here.auth.apiAccess.get();
  await here.auth.sessions.revokeOthers();
  await expect(there.me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  await durin.flush();
  await here.auth.logoutAll();
  await durin.close();
});

test('nothing that the server or an admin does reads a replica', async () => {
  const { durin, logIn, callAs } = await openApp();
  const { token, auth } = await durin.tokens.issue({ user: userId, client: 'web' });
  await durin.tokens.renew(auth.id);
  await durin.tokens.purgeExpired();
  await durin.authenticate(token);
  const { admin } = await logIn('cli');
  expect(await admin.users.search({ search: username })).toHaveLength(1);
  expect((await admin.tokens.list({ user: userId })).items.length).toBeGreaterThan(0);
  await admin.clients.list();
  await admin.usage.clients();
  await admin.usage.overTime({ days: 7 });
  const em = orm.em.fork();
  const user = await em.findOneOrFail(User, { username }, { connectionType: 'write' });
  user.isActive = false;
  await em.flush();
  await expect(callAs(token).me()).rejects.toMatchObject({ code: 'UNAUTHORIZED' });
  await durin.close();
});
