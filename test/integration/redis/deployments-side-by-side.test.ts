import { defineEntity, type MikroORM, type Options, p } from '@mikro-orm/core';
import { MikroORM as PostgresORM } from '@mikro-orm/postgresql';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { createDurin, defineDurinEntities } from '../../../src/index.ts';
import { redisBus, redisStore } from '../../../src/redis/index.ts';
import { requestOf, secret, t } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';
import { inProcessOfItsOwn } from '../../support/cache/process-of-its-own.ts';
import { closeDatabase, openDatabase, postgresUrl } from '../../support/database.ts';
import { type OpenRedis, openRedis } from '../../support/servers/redis-server.ts';

/** Entities of an app's own: two apps may have them under the same names or under different ones. */
function defineApp(name: string, userTable: string, prefix = 'durin_') {
  const User = defineEntity({
    name,
    tableName: userTable,
    properties: { id: p.integer().primary(), username: p.string(), isActive: p.boolean().default(true) },
  });
  const { Client, AuthToken } = defineDurinEntities({ user: () => User, tablePrefix: prefix });
  return { User, Client, AuthToken };
}
type App = ReturnType<typeof defineApp>;

const open = (app: App) => openDatabase({ entities: Object.values(app) });

/** An ORM of its own on the database of another one. */
async function openOn(orm: MikroORM, app: App, options: Partial<Options> = {}): Promise<PostgresORM> {
  const url = new URL(postgresUrl ?? '');
  url.pathname = `/${orm.config.get('dbName')}`;
  const settings = { clientUrl: url.href, entities: Object.values(app), ...options };
  const other = await PostgresORM.init(settings as never);
  if (options.schema !== undefined) await other.em.execute(`create schema ${options.schema}`);
  if (options.schema !== undefined || app.AuthToken.meta.tableName !== 'durin_auth_token')
    await other.em.execute(await other.schema.getCreateSchemaSQL({ wrap: false }));
  return other;
}

interface Deployment {
  readonly app: App;
  readonly orm: MikroORM;
  readonly secret?: string;
  /** Default: false, and it shares the process with the other. */
  readonly isProcessOfItsOwn?: boolean;
}

let redis: OpenRedis;
let client: ReturnType<typeof createClient>;
beforeAll(async () => {
  redis = await openRedis();
  client = createClient({ url: redis.url });
  await client.connect();
});
afterAll(async () => {
  client.destroy();
  await redis.stop();
});

async function start({ app, orm, secret: ownSecret = secret, isProcessOfItsOwn }: Deployment, username: string) {
  const em = orm.em.fork();
  if ((await em.count(app.User)) === 0) await em.insert(app.User, { username, isActive: true });
  const create = () =>
    createDurin({
      orm,
      entities: app,
      secret: ownSecret,
      verifyCredentials: () => null,
      clients: { web: { tokenTtl: '1d' } },
      cache: { ttl: '60s', timeout: 2000, store: redisStore({ url: redis.url }), bus: redisBus({ url: redis.url }) },
      throttle: { rate: '3/h', redis: client },
    });
  const durin = isProcessOfItsOwn ? inProcessOfItsOwn(create) : create();
  await durin.clients.sync();
  const router = t.router({ me: durin.authedProcedure.query(({ ctx }) => ctx.user.username) });
  return {
    durin,
    issue: async () => (await durin.tokens.issue({ user: 1, client: 'web' })).token,
    see: (token: string) => durin.authenticate(token).then(({ user }) => user.username, codeOf),
    call: (token: string) =>
      router
        .createCaller(durin.createContext(requestOf({ token })))
        .me()
        .catch(codeOf),
    /** What the cache does not see, unless it is made to forget. */
    rename: (name: string) => orm.em.fork().nativeUpdate(app.User, { id: 1 }, { username: name }),
  };
}

const shop = defineApp('User', 'app_user');
const staff = defineApp('Employee', 'employee', 'staff_');
const members = defineApp('Member', 'member');

const settings: Record<string, () => Promise<[Deployment, Deployment]>> = {
  'two databases': async () => [
    { app: shop, orm: await open(shop) },
    { app: shop, orm: await open(shop) },
  ],
  'two schemas of a database': async () => {
    const orm = await open(shop);
    return [
      { app: shop, orm },
      { app: shop, orm: await openOn(orm, shop, { schema: 'tenant' }) },
    ];
  },
  'two user models in two schemas': async () => {
    const orm = await open(shop);
    return [
      { app: shop, orm },
      { app: members, orm: await openOn(orm, members, { schema: 'members' }) },
    ];
  },
  'two user models of one ORM': async () => {
    const orm = await openDatabase({ entities: [...Object.values(shop), ...Object.values(staff)] });
    return [
      { app: shop, orm },
      { app: staff, orm },
    ];
  },
  'two user models with tables of their own': async () => {
    const orm = await open(shop);
    return [
      { app: shop, orm },
      { app: staff, orm: await openOn(orm, staff) },
    ];
  },
};

describe.each(Object.entries(settings))('%s on one Redis', (_name, openBoth) => {
  let one: Awaited<ReturnType<typeof start>>;
  let other: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    const [first, second] = await openBoth();
    one = await start(first, 'one');
    other = await start(second, 'other');
    return async () => {
      await Promise.all([one.durin.close(), other.durin.close()]);
      if (second.orm === first.orm) return closeDatabase(first.orm);
      if (second.orm.config.get('dbName') === first.orm.config.get('dbName')) await second.orm.close(true);
      else await closeDatabase(second.orm);
      await closeDatabase(first.orm);
    };
  });

  test('neither accepts the other’s tokens, cached or not', async () => {
    const [ones, others] = [await one.issue(), await other.issue()];
    for (let round = 0; round < 3; round += 1) {
      expect([await one.see(ones), await other.see(others)]).toEqual(['one', 'other']);
      expect([await one.see(others), await other.see(ones)]).toEqual(['INVALID_TOKEN', 'INVALID_TOKEN']);
    }
  });

  test('neither hears of the other’s changes', async () => {
    const token = await one.issue();
    await vi.waitFor(async () => {
      await one.rename('one');
      await one.durin.users.forget(1);
      expect(await one.see(token)).toBe('one');
      await one.rename('renamed');
      expect(await one.see(token)).toBe('one'); // from the cache
    });
    await other.durin.tokens.revokeAll({ user: 1 });
    await other.durin.users.forget(1);
    await other.durin.clients.update('web', { tokenTtl: 3600 });
    expect(await one.see(token)).toBe('one');
    await one.durin.users.forget(1);
    expect(await one.see(token)).toBe('renamed');
    await one.rename('one');
    await one.durin.users.forget(1);
  });

  test('neither counts the other’s calls', async () => {
    const [ones, others] = [await one.issue(), await other.issue()];
    for (let call = 0; call < 3; call += 1) expect(await one.call(ones)).toBe('one');
    expect(await one.call(ones)).toBe('THROTTLED');
    expect(await other.call(others)).toBe('other');
  });
});

describe('two secrets on one database and one Redis', () => {
  let one: Awaited<ReturnType<typeof start>>;
  let other: Awaited<ReturnType<typeof start>>;
  beforeAll(async () => {
    const orm = await open(shop);
    const again = await openOn(orm, shop);
    one = await start({ app: shop, orm }, 'one');
    other = await start(
      { app: shop, orm: again, secret: 'another secret, with 32 characters', isProcessOfItsOwn: true },
      'one',
    );
    return async () => {
      await Promise.all([one.durin.close(), other.durin.close()]);
      await again.close(true);
      await closeDatabase(orm);
    };
  });

  test('neither accepts the other’s tokens, and each uses the cache', async () => {
    const token = await one.issue();
    expect([await one.see(token), await one.see(token)]).toEqual(['one', 'one']);
    expect(await other.see(token)).toBe('INVALID_TOKEN');
    await one.rename('renamed');
    expect(await one.see(token)).toBe('one'); // from the cache
  });

  test('a change by one is seen by the other, because they share the rows', async () => {
    const token = await one.issue();
    await one.see(token);
    await other.durin.tokens.revokeAll({ user: 1 });
    const expectRefused = async () => expect(await one.see(token)).toBe('INVALID_TOKEN');
    await vi.waitFor(expectRefused, { timeout: 1000, interval: 5 }); // once its bus has read the message
  });
});
