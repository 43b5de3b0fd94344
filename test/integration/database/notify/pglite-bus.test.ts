import { MikroORM } from '@mikro-orm/pglite';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createDurin } from '../../../../src/index.ts';
import { postgresBus } from '../../../../src/postgres/index.ts';
import { codeOf } from '../../../support/arena.ts';
import { defineNotifiedEntities, notifiedSecret as secret } from '../../../support/bus/notified-entities.ts';

const entities = defineNotifiedEntities({ notify: true });
const { User, Client, AuthToken } = entities;
const bus = postgresBus();
let orm: MikroORM;
let durin: ReturnType<typeof create>;
beforeAll(async () => {
  orm = await MikroORM.init({ dbName: 'memory://', entities: Object.values(entities) });
  await orm.schema.create();
  durin = create();
  await durin.clients.create({ name: 'web' });
});
afterAll(async () => {
  await durin.close();
  await orm.close(true);
});

function create() {
  const cache = { ttl: '60s', bus } as const;
  return createDurin({ orm, entities: { User, Client, AuthToken }, secret, verifyCredentials: () => null, cache });
}

const ask = (token: string) => durin.authenticate(token).then(({ user }) => user.username, codeOf);

/** A session that is in the memory. */
async function enter() {
  const em = orm.em.fork();
  const user = em.create(User, { username: crypto.randomUUID() });
  await em.flush();
  const { token } = await durin.tokens.issue({ user, client: 'web' });
  await ask(token);
  await vi.waitFor(() => expect(bus.isConnected()).toBe(true), 10_000);
  expect(await ask(token)).toBe(user.username);
  return { token, user };
}

test('a change by SQL is seen', async () => {
  const { token, user } = await enter();
  await orm.em.getConnection().execute('delete from durin_auth_token where user_id = ?', [user.id]);
  await vi.waitFor(async () => expect(await ask(token)).toBe('INVALID_TOKEN'), { timeout: 100, interval: 1 });
});

test('a change by nativeUpdate is seen, once it is committed', async () => {
  const { token, user } = await enter();
  await orm.em.fork().transactional(async (em) => {
    await em.nativeUpdate(User, user.id, { isActive: false });
  });
  await vi.waitFor(async () => expect(await ask(token)).toBe('USER_INACTIVE'), { timeout: 100, interval: 1 });
});

test('a change that is rolled back is not', async () => {
  const { token, user } = await enter();
  const failing = orm.em.fork().transactional(async (em) => {
    await em.nativeDelete(User, user.id);
    throw new Error('no');
  });
  await expect(failing).rejects.toThrow('no');
  expect(await ask(token)).toBe(user.username);
});

test('durin ends sessions itself as well', async () => {
  const { token, user } = await enter();
  await durin.tokens.revokeAll({ user });
  expect(await ask(token)).toBe('INVALID_TOKEN');
});
