import { randomUUID } from 'node:crypto';
import { type EntityName, EntitySchema, Type } from '@mikro-orm/core';
import { describe, expect, test } from 'vitest';
import { createDurin, DurinUsageError, defineDurinEntities } from '../../../src/index.ts';
import { openApp, requestOf, requiredOptions, secret, t } from '../../support/app.ts';
import { closeDatabase, openDatabase } from '../../support/database.ts';

interface KeyedUser {
  id: unknown;
  username: string;
}

const uuid = randomUUID();

/** `usr_7` in the app, 7 in the database. Passing one for the other fails. */
class PrefixedId extends Type<string, number> {
  override convertToDatabaseValue(value: unknown): number {
    if (typeof value !== 'string' || !value.startsWith('usr_')) throw new TypeError('not a prefixed id');
    return Number(value.slice('usr_'.length));
  }
  override convertToJSValue(value: unknown): string {
    return `usr_${String(value)}`;
  }
  override getColumnType(): string {
    return 'int';
  }
}

describe.each([
  ['a number', { type: 'integer', primary: true, autoincrement: false }, 7, 'a number'],
  ['a bigint', { type: 'bigint', primary: true, autoincrement: false }, 9_007_199_254_740_993n, 'a bigint'],
  ['a string', { type: 'string', primary: true }, "o'brien:\\?", 'a string'],
  ['a uuid', { type: 'uuid', primary: true }, uuid, 'a uuid'],
  ['of a custom type', { type: PrefixedId, primary: true, autoincrement: false }, 'usr_7', 'a prefixed id'],
])('a user whose key is %s', (_name, property, key, username) => {
  test('can use sessions and appears in events by its key', async () => {
    const User: EntityName<KeyedUser> = new EntitySchema<KeyedUser>({
      name: 'User',
      tableName: 'keyed_user',
      properties: { id: property, username: { type: 'string' } },
    });
    const { Client, AuthToken } = defineDurinEntities({ user: () => User });
    const orm = await openDatabase({ entities: [User as never, Client, AuthToken] });
    try {
      const em = orm.em.fork();
      em.create(User, { id: key, username });
      await em.flush();
      const durin = createDurin({
        orm,
        entities: { User, Client, AuthToken },
        secret,
        clients: { web: {}, cli: {} },
        verifyCredentials: ({ input, em: own }) => own.findOne(User, { username: input.username }),
      });
      await durin.clients.sync();
      const eventUserIds: unknown[] = [];
      durin.events.on('loggedIn', (event) => eventUserIds.push(event.userId));
      durin.events.on('tokenRevoked', (event) => eventUserIds.push(event.userId));
      const router = t.router({ auth: durin.durinRouter, me: durin.authedProcedure.query(({ ctx }) => ctx.user) });
      const anonymous = router.createCaller(durin.createContext(requestOf()));
      const web = await anonymous.auth.login({ username, password: '', client: 'web' });
      const again = await anonymous.auth.login({ username, password: '', client: 'web' });
      expect(again).toEqual(web);
      const { auth } = await durin.tokens.issue({ user: key, client: 'cli' });
      const caller = router.createCaller(durin.createContext(requestOf({ token: web.token })));
      expect(await caller.me()).toEqual({ id: key, username });
      expect(await caller.auth.sessions.list()).toHaveLength(2);
      await caller.auth.sessions.revoke({ id: auth.id });
      expect(await caller.auth.sessions.revokeOthers()).toEqual({ revoked: 0 });
      expect(await durin.tokens.revokeAll({ user: { id: key, username } })).toBe(1);
      expect(eventUserIds).toEqual([key, key, key, key]);
      await durin.close();
    } finally {
      await closeDatabase(orm);
    }
  });
});

test('a key that does not fit its column is a usage error', async () => {
  const { orm, close } = await openApp();
  try {
    const durin = createDurin(requiredOptions(orm));
    const refusal = new DurinUsageError('a key or a value does not fit its column');
    const user = 'no number' as unknown as number;
    await expect(durin.tokens.issue({ user, client: 'web' })).rejects.toThrow(refusal);
    await expect(durin.tokens.issue({ user: 2 ** 40, client: 'web' })).rejects.toThrow(refusal);
    await expect(durin.tokens.revokeAll({ user })).rejects.toThrow(refusal);
    await expect(durin.users.forget(user)).rejects.toThrow(refusal);
    await durin.close();
  } finally {
    await close();
  }
});
