import { AsyncLocalStorage } from 'node:async_hooks';
import type { EntityManager } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { codeOf } from '../../../support/arena.ts';
import { type CachedApp, kinds, openCachedApp } from '../../../support/cache/cached-app.ts';
import { AuthToken, Client, Organization, User } from '../../../support/entities.ts';

const rolledBack = new Error('rolled back by the test');

const twice = <T>(value: T) => [value, value];

describe.each(kinds)('a flush is seen at once although sessions are cached (%s)', (kind) => {
  let app: CachedApp;
  let token: string;
  let userId: number;
  let names = 0;
  beforeAll(async () => {
    app = await openCachedApp(kind);
  });
  afterAll(() => app.close());
  beforeEach(async () => {
    const em = app.orm.em.fork();
    const organization = await em.findOneOrFail(Organization, { id: 1 });
    names += 1;
    const user = em.create(User, { username: `user ${names}`, passwordHash: null, organization });
    await em.flush();
    userId = user.id;
    ({ token } = await app.here.tokens.issue({ user: userId, client: 'web' }));
    await app.warm(token);
  });

  const role = () => app.look(token, ({ user }) => user.role);
  const promote = async (em: EntityManager, to = 'admin') => {
    (await em.findOneOrFail(User, { id: userId })).role = to;
    await em.flush();
  };

  test('a role that changes', async () => {
    expect(await role()).toEqual(twice('member'));
    await promote(app.orm.em.fork());
    expect(await role()).toEqual(twice('admin'));
  });

  test('a user who is deactivated, and then activated again', async () => {
    const em = app.orm.em.fork();
    const user = await em.findOneOrFail(User, { id: userId });
    user.isActive = false;
    await em.flush();
    expect(await role()).toEqual(twice('USER_INACTIVE'));
    user.isActive = true;
    await em.flush();
    expect(await role()).toEqual(['TOKEN_EXPIRED', 'INVALID_TOKEN']);
  });

  test('a user who is deleted', async () => {
    const em = app.orm.em.fork();
    await em.remove(await em.findOneOrFail(User, { id: userId })).flush();
    expect(await role()).toEqual(twice('INVALID_TOKEN'));
  });

  test('a populated organization that is renamed', async () => {
    const em = app.orm.em.fork();
    (await em.findOneOrFail(Organization, { id: 1 })).name = `Acme ${names}`;
    await em.flush();
    expect(await app.look(token, ({ user }) => user.organization?.name)).toEqual(twice(`Acme ${names}`));
  });

  test('a client that changes, through the ORM or through durin', async () => {
    const em = app.orm.em.fork();
    const client = await em.findOneOrFail(Client, { name: 'web' });
    Object.assign(client, { name: 'site', throttleRate: '5/m', tokenTtl: 60 });
    await em.flush();
    const changed = { name: 'site', throttleRate: '5/m', tokenTtl: 60 };
    expect(await app.look(token, (auth) => auth.client)).toEqual(twice({ id: client.id, ...changed }));
    await app.here.clients.update('site', { name: 'web', throttleRate: null, tokenTtl: '1d' });
    const restored = { name: 'web', throttleRate: null, tokenTtl: 86_400 };
    expect(await app.look(token, (auth) => auth.client)).toEqual(twice({ id: client.id, ...restored }));
  });

  test.each(['the ORM', 'durin'])('a client that is deleted by %s', async (by) => {
    const name = `mayfly ${names}`;
    await app.here.clients.create({ name });
    const issued = await app.here.tokens.issue({ user: userId, client: name as 'web' });
    await app.warm(issued.token);
    const em = app.orm.em.fork();
    if (by === 'durin') await app.here.clients.delete(name);
    else await em.remove(await em.findOneOrFail(Client, { name })).flush();
    expect(await app.look(issued.token, () => 'alive')).toEqual(twice('INVALID_TOKEN'));
    expect(await role()).toEqual(twice('member'));
  });

  test('a token that is removed', async () => {
    const em = app.orm.em.fork();
    await em.remove(await em.findOneOrFail(AuthToken, { user: userId })).flush();
    expect(await role()).toEqual(twice('INVALID_TOKEN'));
  });

  test('a token that is removed by an unloaded reference', async () => {
    const [{ id } = { id: '' }] = (await app.look(token, (auth) => ({ id: auth.id }))) as { id: string }[];
    const em = app.orm.em.fork();
    await em.remove(em.getReference(AuthToken, id)).flush();
    expect(await role()).toEqual(twice('INVALID_TOKEN'));
  });

  test('a token whose expiry is shortened', async () => {
    const em = app.orm.em.fork();
    (await em.findOneOrFail(AuthToken, { user: userId })).expiry = new Date(app.clock() + 1000);
    await em.flush();
    expect(await app.look(token, ({ expiry }) => expiry?.getTime())).toEqual(twice(app.clock() + 1000));
  });

  test('a change is seen after its commit, and not before', async () => {
    const outside = AsyncLocalStorage.snapshot();
    let before: unknown;
    await app.orm.em.fork().transactional(async (em) => {
      await promote(em);
      before = await outside(role);
    });
    expect(before).toEqual(twice('member'));
    expect(await role()).toEqual(twice('admin'));
  });

  test('a change that is rolled back is never seen', async () => {
    const work = app.orm.em.fork().transactional(async (em) => {
      await promote(em);
      throw rolledBack;
    });
    await expect(work).rejects.toBe(rolledBack);
    expect(await role()).toEqual(twice('member'));
  });

  test('a nested change is seen when the outermost transaction commits', async () => {
    await app.orm.em.fork().transactional(async (em) => {
      await em.transactional((inner) => promote(inner));
    });
    expect(await role()).toEqual(twice('admin'));
    await app.orm.em.fork().transactional(async (em) => {
      const work = em.transactional(async (inner) => {
        await promote(inner, 'owner');
        throw rolledBack;
      });
      await expect(work).rejects.toBe(rolledBack);
    });
    expect(await role()).toEqual(twice('admin'));
  });

  test('a change in a transaction begun and committed by hand', async () => {
    const em = app.orm.em.fork();
    await em.begin();
    await promote(em);
    await em.rollback();
    expect(await role()).toEqual(twice('member'));
    em.clear();
    await em.begin();
    await promote(em);
    await em.commit();
    expect(await role()).toEqual(twice('admin'));
  });

  test.each(['cached', 'uncached'])('a look-up in a transaction sees its changes (%s session)', async (which) => {
    if (which === 'uncached') ({ token } = await app.here.tokens.issue({ user: userId, client: 'web' }));
    let seen: unknown;
    const work = app.orm.em.transactional(async (em) => {
      await promote(em);
      seen = (await app.here.authenticate(token)).user.role;
      throw rolledBack;
    });
    await expect(work).rejects.toBe(rolledBack);
    expect(seen).toBe('admin');
    expect(await role()).toEqual(twice('member'));
  });

  test('a revocation in a transaction is undone by its rollback', async () => {
    let seen: unknown;
    const work = app.orm.em.transactional(async () => {
      await app.here.tokens.revokeAll({ user: userId });
      seen = await app.here.authenticate(token).catch(codeOf);
      throw rolledBack;
    });
    await expect(work).rejects.toBe(rolledBack);
    expect(seen).toBe('INVALID_TOKEN');
    expect(await role()).toEqual(twice('member'));
  });
});
