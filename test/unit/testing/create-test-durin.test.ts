import { initTRPC } from '@trpc/server';
import { expect, test } from 'vitest';
import { createDurin, type DurinContext } from '../../../src/index.ts';
import { hashPassword } from '../../../src/password.ts';
import { actAs, createTestDurin } from '../../../src/testing/index.ts';
import { clients, password, requiredOptions } from '../../support/app.ts';
import { entities, User } from '../../support/entities.ts';
import { refusalOf } from './acting-app.ts';

const t = initTRPC.context<DurinContext>().create();

test('without an app it has users who sign in', async () => {
  await using kit = await createTestDurin();
  const { durin, orm, entities: own } = kit;
  const em = orm.em.fork();
  const alice = em.create(own.User, { username: 'alice', password: 'secret' });
  const bob = em.create(own.User, { username: 'bob', password: null });
  await em.flush();
  const router = t.router({ auth: durin.durinRouter, me: durin.authedProcedure.query(({ ctx }) => ctx.user) });

  const visitor = router.createCaller(durin.createContext({ ipAddress: '127.0.0.1' }));
  const wrong = { username: 'alice', password: 'guess', client: 'web' } as const;
  expect(await refusalOf(visitor.auth.login(wrong))).toBe('INVALID_CREDENTIALS');
  const { token } = await visitor.auth.login({ ...wrong, password: 'secret' });
  const headers = { authorization: `Token ${token}` };
  const me = { id: alice.id, username: 'alice', isActive: true };
  expect(await router.createCaller(durin.contextFrom(headers)).me()).toEqual(me);

  // A change of a user in the database ends the sessions of tests as well.
  const callers = [alice, bob].map((user) => actAs(durin, user).caller(router));
  alice.isActive = false;
  em.remove(bob);
  await em.flush();
  const refusals = await Promise.all(callers.map((caller) => refusalOf(caller.me())));
  expect(refusals).toEqual(['USER_INACTIVE', 'INVALID_TOKEN']);
});

test('an app brings its entities and its durin', async () => {
  const kit = await createTestDurin({
    entities,
    create: (orm) => createDurin({ ...requiredOptions(orm), clients }),
  });
  const { durin, orm } = kit;
  const em = orm.em.fork();
  const alice = em.create(User, { username: 'alice', passwordHash: await hashPassword(password) });
  await em.flush();
  const router = t.router({ auth: durin.durinRouter, me: durin.authedProcedure.query(({ ctx }) => ctx.user.id) });

  const acting = actAs(durin, alice, { client: 'web' });
  const caller = acting.caller(router);
  expect(await caller.me()).toBe(alice.id);
  const { auth } = await durin.tokens.issue({ user: alice, client: 'cli' });
  expect((await caller.auth.sessions.list()).map(({ id, isCurrent }) => ({ id, isCurrent }))).toEqual([
    { id: acting.id, isCurrent: true },
    { id: auth.id, isCurrent: false },
  ]);
  await caller.auth.reauthenticate({ username: 'alice', password });
  await caller.auth.logoutAll();
  expect(await refusalOf(caller.me())).toBe('INVALID_TOKEN');
  expect(await durin.tokens.revoke(auth.id)).toBe(false);
  await kit.close();
  expect(await orm.isConnected()).toBe(false);
});

test('a wrong setup is named, and an ORM that was opened is closed', async () => {
  await expect(createTestDurin({ entities: [] } as never)).rejects.toThrow('createTestDurin: create is required');
  await expect(createTestDurin({ entities, crate: 1 } as never)).rejects.toThrow('createTestDurin: ');
  let opened: { isConnected(): Promise<boolean> } | undefined;
  const create = (orm: NonNullable<typeof opened>): never => {
    opened = orm;
    throw new Error('of the app');
  };
  await expect(createTestDurin({ entities, create })).rejects.toThrow('of the app');
  expect(await opened?.isConnected()).toBe(false);
});

test('a durin whose clients cannot be written is closed, and so is its ORM', async () => {
  let opened: { isConnected(): Promise<boolean> } | undefined;
  let closed = 0;
  const durin = {
    clients: { sync: () => Promise.reject(new Error('no table')) },
    close: async () => void (closed += 1),
  };
  const create = (orm: NonNullable<typeof opened>) => {
    opened = orm;
    return durin as never;
  };
  await expect(createTestDurin({ entities, create })).rejects.toThrow('no table');
  expect(closed).toBe(1);
  expect(await opened?.isConnected()).toBe(false);
});

test('the ORM is closed even if durin cannot be closed', async () => {
  const kit = await createTestDurin({
    entities,
    create: () =>
      ({ clients: { sync: async () => [] }, close: () => Promise.reject(new Error('of the durin')) }) as never,
  });
  await expect((kit as { close(): Promise<void> }).close()).rejects.toThrow('of the durin');
  expect(await (kit as { orm: { isConnected(): Promise<boolean> } }).orm.isConnected()).toBe(false);
});
