import { defineEntity, p } from '@mikro-orm/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDurin, defineDurinEntities } from '../../../src/index.ts';
import { requestOf, secret } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';
import { closeDatabase, openDatabase } from '../../support/database.ts';

// PostgreSQL finds a user by any spelling of its key. The cache and what is under way went by the text alone.

const uuid = '0b8f7a52-2f0c-4a39-8d6f-6a2d1e1f9a55';

describe.each([
  { type: 'uuid', key: uuid, spellings: [uuid.toUpperCase(), uuid.replaceAll('-', ''), `{${uuid}}`] },
  { type: 'char(10)', key: 'alice', spellings: ['alice', 'alice     '] },
  { type: 'bigint', key: '7', spellings: ['7', '007'] },
])('of the type $type', ({ type, key, spellings }) => {
  const User = defineEntity({
    name: 'User',
    tableName: 'person',
    properties: { id: p.string().columnType(type).primary(), isActive: p.boolean().default(true) },
  });
  const { Client, AuthToken } = defineDurinEntities({ user: () => User });

  let orm: Awaited<ReturnType<typeof openDatabase>>;
  beforeAll(async () => {
    orm = await openDatabase({ entities: [User, Client, AuthToken] });
    await orm.em.fork().insert(User, { id: key, isActive: true });
  });
  afterAll(() => closeDatabase(orm));

  function openDurin() {
    const verified = Promise.withResolvers<void>();
    const verifying = Promise.withResolvers<void>();
    const durin = createDurin({
      orm,
      entities: { User, Client, AuthToken },
      secret,
      clients: { web: {} },
      cache: { ttl: '60s' },
      async verifyCredentials({ em }) {
        verifying.resolve();
        await verified.promise;
        return em.findOne(User, { id: key });
      },
    });
    const login = () =>
      durin.durinRouter
        .createCaller(durin.createContext(requestOf()))
        .login({ username: 'alice', password: 'right', client: 'web' })
        .then(() => 'in', codeOf);
    return { durin, login, verifying: verifying.promise, verify: verified.resolve };
  }

  test.each(spellings)('users.forget(%j) drops what is cached', async (spelling) => {
    const { durin } = openDurin();
    await durin.clients.sync();
    const { token } = await durin.tokens.issue({ user: key, client: 'web' });
    await durin.authenticate(token);
    await orm.em.fork().nativeUpdate(User, { id: key }, { isActive: false });
    await durin.users.forget(spelling);
    expect(await durin.authenticate(token).catch(codeOf)).toBe('USER_INACTIVE');
    await orm.em.fork().nativeUpdate(User, { id: key }, { isActive: true });
    await durin.close();
  });

  test.each(spellings)('revokeAll of %j ends a login under way', async (spelling) => {
    const { durin, login, verifying, verify } = openDurin();
    await durin.clients.sync();
    const loggingIn = login();
    await verifying;
    await durin.tokens.revokeAll({ user: spelling });
    verify();
    expect(await loggingIn).toBe('INVALID_CREDENTIALS');
    await durin.close();
  });
});
