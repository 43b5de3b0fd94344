import { describe, expect, test } from 'vitest';
import { openCachedApp } from '../support/cached-app.ts';
import { User } from '../support/entities.ts';

const inactive = ['USER_INACTIVE', 'USER_INACTIVE'];
const alice = ['alice', 'alice'];

describe.each(['memory', 'shared', 'layered'] as const)('with a cache of the kind %s', (kind) => {
  async function open() {
    const app = await openCachedApp(kind);
    const { token } = await app.login();
    await app.warm(token);
    const look = () => app.look(token, ({ user }) => user.username);
    return { ...app, token, look, em: app.orm.em.fork() };
  }

  test('a user who is deactivated by upsert is refused at once', async () => {
    const { em, look, close } = await open();
    await em.upsert(User, { id: 1, username: 'alice', isActive: false });
    expect(await look()).toEqual(inactive);
    await close();
  });

  test('so is one of many', async () => {
    const { em, look, close } = await open();
    await em.upsertMany(User, [
      { id: 2, username: 'bob', isActive: true },
      { id: 1, username: 'alice', isActive: false },
    ]);
    expect(await look()).toEqual(inactive);
    await close();
  });

  test('what else an upsert changes is seen at once', async () => {
    const { em, look, close } = await open();
    await em.upsert(User, { id: 1, username: 'alice the second' });
    expect(await look()).toEqual(['alice the second', 'alice the second']);
    await close();
  });

  test('an upsert that rolls back changes nothing', async () => {
    const { em, look, close } = await open();
    const rolledBack = em.transactional(async (own) => {
      await own.upsert(User, { id: 1, username: 'alice', isActive: false });
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    expect(await look()).toEqual(alice);
    await close();
  });

  test('an upsert that leaves the row active ends nothing, whatever the entity says', async () => {
    const { em, look, close } = await open();
    const kept = { onConflictExcludeFields: ['isActive' as const] };
    await em.upsert(User, { id: 1, username: 'alice', isActive: false }, kept);
    expect(await look()).toEqual(alice);
    await close();
  });
});
