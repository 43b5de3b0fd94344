import { EntitySchema } from '@mikro-orm/core';
import { expect, test } from 'vitest';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { createDurin, defineDurinEntities } from '../../../src/index.ts';
import { requestOf, secret, t } from '../../support/app.ts';
import { closeDatabase, openDatabase } from '../../support/database.ts';

// mikro-orm #8231 and #7469: in table-per-type inheritance, the columns of a class are in several tables.

class Person {
  declare id: number;
  declare username: string;
  declare isActive: boolean;
}
class User extends Person {
  declare nickname: string;
  declare boss: User | null;
  declare desk: Desk | null;
}
class Furniture {
  declare id: number;
  declare label: string;
}
class Desk extends Furniture {
  declare drawers: number;
}
const PersonSchema = new EntitySchema({
  class: Person,
  inheritance: 'tpt',
  properties: {
    id: { type: 'integer', primary: true },
    username: { type: 'string' },
    isActive: { type: 'boolean', default: true },
  },
});
const FurnitureSchema = new EntitySchema({
  class: Furniture,
  inheritance: 'tpt',
  properties: {
    id: { type: 'integer', primary: true },
    label: { type: 'string' },
  },
});
const DeskSchema = new EntitySchema({
  class: Desk,
  extends: FurnitureSchema,
  properties: { drawers: { type: 'integer' } },
});
const UserSchema = new EntitySchema({
  class: User,
  extends: PersonSchema,
  properties: {
    nickname: { type: 'string' },
    boss: { kind: 'm:1', entity: () => User, nullable: true },
    desk: { kind: 'm:1', entity: () => Desk, nullable: true },
  },
  filters: { visible: { name: 'visible', cond: { username: { $ne: 'ghost' } }, default: true } },
});
const { Client, AuthToken } = defineDurinEntities({ user: () => UserSchema });

test('a user of a class with its own table signs in, relations included', async () => {
  const orm = await openDatabase({
    entities: [PersonSchema, UserSchema, FurnitureSchema, DeskSchema, Client, AuthToken],
  });
  try {
    const em = orm.em.fork();
    const boss = em.create(User, { username: 'boss', nickname: 'b' } as never);
    const alice = em.create(User, { username: 'alice', nickname: 'al', boss } as never);
    const ghost = em.create(User, { username: 'ghost', nickname: 'boo' } as never);
    alice.desk = em.create(Desk, { label: 'oak', drawers: 3 });
    await em.flush();
    const durin = createDurin({
      orm,
      entities: { User: UserSchema, Client, AuthToken },
      secret,
      credentialFields: ['username', 'nickname'],
      clients: { web: {}, cli: {} },
      populate: ['user.boss', 'user.desk'],
      verifyCredentials: ({ input, em: own }) => own.findOne(UserSchema, { username: input.username }),
    });
    await durin.clients.sync();
    const { adminRouter } = createDurinAdmin(durin, { isAdmin: () => true });
    const router = t.router({ auth: durin.durinRouter, admin: adminRouter });
    const anonymous = router.createCaller(durin.createContext(requestOf()));
    const { token } = await anonymous.auth.login({ username: 'alice', password: '', client: 'web' });
    const row = { username: 'alice', isActive: true, nickname: 'al' };
    const shownBoss = { id: boss.id, username: 'boss', isActive: true, nickname: 'b', boss: null, desk: null };
    const desk = { id: 1, label: 'oak', drawers: 3 };
    expect((await durin.authenticate(token)).user).toEqual({ id: alice.id, ...row, boss: shownBoss, desk });
    await expect(durin.tokens.issue({ user: ghost, client: 'web' })).rejects.toThrow('there is no such user');

    const { admin } = router.createCaller(durin.createContext(requestOf({ token })));
    expect(await admin.users.search({ search: 'alic' })).toHaveLength(1);
    expect((await admin.tokens.list({ search: 'alice' })).items).toHaveLength(1);

    alice.isActive = false; // a column of the parent's table
    await em.flush();
    await expect(durin.authenticate(token)).rejects.toThrow('User inactive or deleted.');
    await durin.tokens.issue({ user: boss, client: 'cli' });
    await em.remove(boss).flush();
    expect(await durin.tokens.revokeAll({ user: boss.id })).toBe(0);
    await durin.close();
  } finally {
    await closeDatabase(orm);
  }
});
