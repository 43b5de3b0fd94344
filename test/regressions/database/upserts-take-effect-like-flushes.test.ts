import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type CachedApp, openCachedApp } from '../../support/cache/cached-app.ts';
import { User } from '../../support/entities.ts';

const both = <T>(answer: T) => [answer, answer];

describe.each(['memory', 'shared', 'layered'] as const)('with a %s cache', (kind) => {
  let app: CachedApp;
  let user: { id: number; username: string };
  let look: () => Promise<string[]>;
  beforeAll(async () => {
    app = await openCachedApp(kind);
  });
  afterAll(() => app.close());
  beforeEach(async ({ task }) => {
    const em = app.orm.em.fork();
    const created = em.create(User, { username: task.id });
    await em.flush();
    user = { id: created.id, username: created.username };
    const { token } = await app.here.tokens.issue({ user: user.id, client: 'web' });
    await app.warm(token);
    look = () => app.look(token, (auth) => auth.user.username);
  });

  test('an upsert that deactivates a user ends its sessions immediately', async () => {
    await app.orm.em.fork().upsert(User, { ...user, isActive: false });
    expect(await look()).toEqual(both('USER_INACTIVE'));
  });

  test('so does an upsert of many users', async () => {
    const bob = { id: 2, username: 'bob', isActive: true };
    await app.orm.em.fork().upsertMany(User, [bob, { ...user, isActive: false }]);
    expect(await look()).toEqual(both('USER_INACTIVE'));
  });

  test('other changes are visible immediately', async () => {
    const username = `${user.username} the second`;
    await app.orm.em.fork().upsert(User, { id: user.id, username });
    expect(await look()).toEqual(both(username));
  });

  test('an upsert that rolls back changes nothing', async () => {
    const rolledBack = app.orm.em.fork().transactional(async (em) => {
      await em.upsert(User, { ...user, isActive: false });
      throw new Error('no');
    });
    await expect(rolledBack).rejects.toThrow('no');
    expect(await look()).toEqual(both(user.username));
  });

  test('an upsert that leaves the row active ends nothing', async () => {
    const kept = { onConflictExcludeFields: ['isActive' as const] };
    await app.orm.em.fork().upsert(User, { ...user, isActive: false }, kept);
    expect(await look()).toEqual(both(user.username));
  });
});
