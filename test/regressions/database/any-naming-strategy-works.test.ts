import {
  defineEntity,
  EntityCaseNamingStrategy,
  MongoNamingStrategy,
  p,
  UnderscoreNamingStrategy,
} from '@mikro-orm/core';
import { describe, expect, test } from 'vitest';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { createDurin, defineDurinEntities } from '../../../src/index.ts';
import { createClock, requestOf, secret, t } from '../../support/app.ts';
import { closeDatabase, openDatabase } from '../../support/database.ts';

// mikro-orm #3225 and #1595: an app's own naming strategy also names the columns of entities that a library defines.

/** Changes every name that it is asked for. */
class PrefixedNamingStrategy extends UnderscoreNamingStrategy {
  override classToTableName(entityName: string, tableName?: string): string {
    return `T_${super.classToTableName(entityName, tableName)}`;
  }
  override propertyToColumnName(propertyName: string, object?: boolean): string {
    return `C "${super.propertyToColumnName(propertyName, object)}`;
  }
  override joinColumnName(propertyName: string): string {
    return `J_${super.joinColumnName(propertyName)}`;
  }
  override joinKeyColumnName(entityName: string, referencedColumnName?: string): string {
    return `K_${super.joinKeyColumnName(entityName, referencedColumnName)}`;
  }
  override referenceColumnName(): string {
    return `R_${super.referenceColumnName()}`;
  }
  override indexName(tableName: string, columns: string[], type: 'index'): string {
    return `I_${super.indexName(tableName, columns, type)}`;
  }
}

async function open(namingStrategy: typeof UnderscoreNamingStrategy | typeof EntityCaseNamingStrategy) {
  const Team = defineEntity({ name: 'Team', properties: { id: p.integer().primary(), teamName: p.string() } });
  const User = defineEntity({
    name: 'User',
    properties: {
      id: p.integer().primary(),
      username: p.string(),
      isActive: p.boolean().default(true),
      homeTeam: () => p.manyToOne(Team),
    },
  });
  const { Client, AuthToken } = defineDurinEntities({ user: () => User });
  const orm = await openDatabase({ entities: [Team, User, Client, AuthToken], namingStrategy });
  const em = orm.em.fork();
  em.create(User, { username: 'alice', homeTeam: em.create(Team, { teamName: 'red' }) });
  await em.flush();
  const clock = createClock();
  const durin = createDurin({
    orm,
    entities: { User, Client, AuthToken },
    secret,
    clients: { web: { tokenTtl: '1d' }, cli: { tokenTtl: '1h' }, api: { tokenTtl: '365d' } },
    apiAccess: { clientName: 'api' },
    populate: ['user.homeTeam'],
    verifyCredentials: ({ input, em: own }) => own.findOne(User, { username: input.username }),
    now: clock,
  });
  await durin.clients.sync();
  const { adminRouter } = createDurinAdmin(durin, { isAdmin: () => true });
  const router = t.router({
    auth: durin.durinRouter,
    admin: adminRouter,
    me: durin.authedProcedure.query(({ ctx }) => ctx.user),
  });
  return { orm, AuthToken, durin, clock, router };
}

describe.each([
  ['that prefixes everything', PrefixedNamingStrategy],
  ['that keeps property names', EntityCaseNamingStrategy],
  ['made for MongoDB', MongoNamingStrategy],
])('with a naming strategy %s', (_name, namingStrategy) => {
  test('sessions, API keys, the admin and upkeep work', async () => {
    const { orm, AuthToken, durin, clock, router } = await open(namingStrategy);
    try {
      const anonymous = router.createCaller(durin.createContext(requestOf()));
      const { token } = await anonymous.auth.login({ username: 'alice', password: '', client: 'web' });
      const caller = router.createCaller(durin.createContext(requestOf({ token })));
      const alice = { id: 1, username: 'alice', isActive: true, homeTeam: { id: 1, teamName: 'red' } };
      expect(await caller.me()).toEqual(alice);
      expect((await caller.auth.refresh()).expiry).toEqual(new Date(clock() + 86_400_000));
      await caller.auth.apiAccess.create();
      await durin.tokens.issue({ user: 1, client: 'cli' });
      expect((await caller.auth.sessions.list()).map(({ client }) => client).toSorted()).toEqual(['api', 'cli', 'web']);

      const { admin } = caller;
      expect(await admin.clients.list({ sort: 'tokens' })).toMatchObject({ total: 3 });
      await admin.clients.update({ name: 'cli', changes: { throttleRate: '5/m' } });
      expect(await admin.tokens.list({ client: 'cli', sort: 'lastUsedAt' })).toMatchObject({
        items: [{ client: 'cli' }],
      });
      expect(await admin.users.search({ search: 'alic' })).toHaveLength(1);
      expect(await admin.usage.clients()).toHaveLength(3);
      await admin.usage.overTime({});

      clock.advance(2 * 3600);
      expect(await durin.tokens.purgeExpired()).toBe(1);
      await durin.close(); // writes the pending uses
      expect(await orm.em.fork().findOne(AuthToken, { client: { name: 'web' } }, { populate: ['use'] })).toMatchObject({
        use: { lastUsedAt: expect.any(Date), ipAddress: '127.0.0.1' },
      });
      expect(await durin.tokens.revokeAll({ user: 1 })).toBe(2);
      await durin.clients.delete('cli');
    } finally {
      await closeDatabase(orm);
    }
  });
});
