import { defineEntity, type MikroORM, p } from '@mikro-orm/core';
import { Keyv } from 'keyv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDurin, defineDurinEntities } from '../../../src/index.ts';
import { createClock, requestOf, secret, t } from '../../support/app.ts';
import { codeOf, recordEvents } from '../../support/arena.ts';
import { closeDatabase, openDatabase } from '../../support/database.ts';
import * as members from '../../support/entities.ts';
import { User as Member, entities as memberEntities } from '../../support/entities.ts';

function defineStaff(schema?: string) {
  const Staff = defineEntity({
    name: 'Staff',
    ...(schema && { schema }),
    properties: {
      id: p.integer().primary(),
      username: p.string().unique(),
      isActive: p.boolean().default(true),
    },
  });
  return { Staff, ...defineDurinEntities({ user: () => Staff, tablePrefix: 'staff_', ...(schema && { schema }) }) };
}

/** One app with members and staff, a durin for each, and one store for both caches. Both models have an alice with id 1. */
async function openTwoModels(schema?: string) {
  const { Staff, Client, AuthToken } = defineStaff(schema);
  const orm = await openDatabase({ entities: [...memberEntities, Staff, Client, AuthToken] });
  const em = orm.em.fork();
  em.create(Member, { username: 'alice' });
  em.create(Staff, { username: 'alice' });
  await em.flush();
  const store = new Map<string, string>();
  const clock = createClock();
  const shared = {
    orm,
    secret,
    clients: { web: {} },
    cache: { ttl: '60s', store: new Keyv({ store }) },
    now: clock,
  } as const;
  const memberDurin = createDurin({
    ...shared,
    entities: { User: Member, Client: members.Client, AuthToken: members.AuthToken },
    verifyCredentials: ({ input, em: entityManager }) => entityManager.findOne(Member, { username: input.username }),
  });
  const staffDurin = createDurin({
    ...shared,
    entities: { User: Staff, Client, AuthToken },
    verifyCredentials: ({ input, em: entityManager }) => entityManager.findOne(Staff, { username: input.username }),
  });
  await Promise.all([memberDurin.clients.sync(), staffDurin.clients.sync()]);
  const router = t.router({ members: memberDurin.durinRouter, staff: staffDurin.durinRouter });
  const callWith = (durin: { createContext: typeof memberDurin.createContext }, token?: string) =>
    router.createCaller(durin.createContext(requestOf({ token })));
  return {
    orm,
    store,
    clock,
    Staff,
    callWith,
    members: {
      durin: memberDurin,
      events: recordEvents(memberDurin.events),
      auth: (token?: string) => callWith(memberDurin, token).members,
      see: (token: string) => memberDurin.authenticate(token).then(({ user }) => user.username, codeOf),
    },
    staff: {
      durin: staffDurin,
      events: recordEvents(staffDurin.events),
      auth: (token?: string) => callWith(staffDurin, token).staff,
      see: (token: string) => staffDurin.authenticate(token).then(({ user }) => user.username, codeOf),
    },
    async close() {
      await Promise.all([memberDurin.close(), staffDurin.close()]);
      await closeDatabase(orm);
    },
  };
}

/** The keys of the sessions in a store, without those of epochs. */
const entriesOf = (keys: Iterable<string>) => [...keys].filter((key) => key.includes('durin:session:'));

const signIn = { username: 'alice', password: '', client: 'web' } as const;

describe.each([
  ['in one schema', undefined, 'staff_auth_token'],
  ['in two schemas', 'office', '"office"."staff_auth_token"'],
])('two user models of one app %s', (_name, schema, staffTokens) => {
  let app: Awaited<ReturnType<typeof openTwoModels>>;
  beforeAll(async () => {
    app = await openTwoModels(schema);
  });
  afterAll(() => app.close());

  const rowsOf = async (table: string) =>
    app.orm.em.fork().getConnection().execute(`select * from ${table}`) as Promise<unknown[]>;

  test('the tables are the ones of the diff', async () => {
    expect(await app.orm.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
    expect(app.orm.getMetadata().find('StaffTokenUse' as never)).toMatchObject({ tableName: 'staff_token_use' });
  });

  test('both sign in, and neither accepts the other’s token, cached or not', async () => {
    const [member, staff] = [await app.members.auth().login(signIn), await app.staff.auth().login(signIn)];
    for (let round = 0; round < 3; round += 1) {
      expect([await app.members.see(member.token), await app.staff.see(staff.token)]).toEqual(['alice', 'alice']);
      expect([await app.members.see(staff.token), await app.staff.see(member.token)]).toEqual([
        'INVALID_TOKEN',
        'INVALID_TOKEN',
      ]);
    }
    expect([(await rowsOf('durin_auth_token')).length, (await rowsOf(staffTokens)).length]).toEqual([1, 1]);
  });

  test('one context serves the procedures of both', async () => {
    const [member, staff] = [await app.members.auth().login(signIn), await app.staff.auth().login(signIn)];
    expect(await app.callWith(app.staff.durin, member.token).members.sessions.list()).toHaveLength(1);
    expect(await app.callWith(app.members.durin, staff.token).staff.sessions.list()).toHaveLength(1);
    await expect(app.callWith(app.members.durin, staff.token).members.sessions.list()).rejects.toMatchObject({
      durin: { code: 'INVALID_TOKEN' },
    });
  });

  test('each lists its own sessions only', async () => {
    const [member, staff] = [await app.members.auth().login(signIn), await app.staff.auth().login(signIn)];
    const [ours, theirs] = [
      await app.members.auth(member.token).sessions.list(),
      await app.staff.auth(staff.token).sessions.list(),
    ];
    expect([ours.length, theirs.length]).toEqual([1, 1]);
    expect(ours[0]?.id).not.toBe(theirs[0]?.id);
    await expect(app.members.auth(member.token).sessions.revoke({ id: theirs[0]?.id ?? '' })).rejects.toMatchObject({
      durin: { code: 'SESSION_NOT_FOUND' },
    });
    expect(await app.staff.see(staff.token)).toBe('alice');
  });

  test('each has clients of its own', async () => {
    await app.staff.durin.clients.create({ name: 'desk' });
    await app.staff.durin.clients.update('web', { tokenTtl: '1h' });
    expect((await app.members.durin.clients.list()).map(({ name, tokenTtl }) => [name, tokenTtl])).toEqual([
      ['web', 86_400],
    ]);
    expect((await app.staff.durin.clients.list()).map(({ name }) => name)).toEqual(['desk', 'web']);
  });

  test('the end of a user’s sessions is no event of the other model', async () => {
    const [member, staff] = [await app.members.auth().login(signIn), await app.staff.auth().login(signIn)];
    const before = app.members.events.all.length;
    await app.staff.durin.tokens.revokeAll({ user: 1 });
    expect([await app.members.see(member.token), await app.staff.see(staff.token)]).toEqual(['alice', 'INVALID_TOKEN']);
    expect(app.members.events.all).toHaveLength(before);
    expect(app.staff.events.of('tokenRevoked').at(-1)).toMatchObject({ userId: 1, reason: 'revoked' });
  });

  test('a flush that deactivates a user ends the sessions of its own model', async () => {
    const [member, staff] = [await app.members.auth().login(signIn), await app.staff.auth().login(signIn)];
    expect([await app.members.see(member.token), await app.staff.see(staff.token)]).toEqual(['alice', 'alice']);
    const em = app.orm.em.fork();
    const alice = await em.findOneOrFail(app.Staff, { username: 'alice' });
    alice.isActive = false;
    await em.flush();
    const seen = [await app.members.see(member.token), await app.staff.see(staff.token)];
    alice.isActive = true;
    await em.flush();
    expect(seen).toEqual(['alice', 'USER_INACTIVE']);
  });

  test('no cached entry belongs to both', async () => {
    const [member, staff] = [await app.members.auth().login(signIn), await app.staff.auth().login(signIn)];
    app.store.clear();
    for (let look = 0; look < 2; look += 1) await app.members.see(member.token); // the first may only learn whose it is
    const ours = new Set(app.store.keys());
    app.store.clear();
    for (let look = 0; look < 2; look += 1) await app.staff.see(staff.token);
    const theirs = [...app.store.keys()];
    expect([entriesOf(ours).length, entriesOf(theirs).length]).toEqual([1, 1]);
    expect(theirs.filter((key) => ours.has(key))).toEqual([]);
  });
});

test('two user models need two prefixes in one app', async () => {
  const Staff = defineEntity({ name: 'Staff', properties: { id: p.integer().primary() } });
  const same = defineDurinEntities({ user: () => Staff });
  await expect(openDatabase({ entities: [...memberEntities, Staff, same.Client, same.AuthToken] })).rejects.toThrow(
    'Duplicate table names are not allowed: durin_client, durin_auth_token, durin_token_use',
  );
});

test('the longest prefix leaves nothing to do for the diff', async () => {
  const Staff = defineEntity({ name: 'Staff', properties: { id: p.integer().primary() } });
  const { Client, AuthToken } = defineDurinEntities({
    user: () => Staff,
    tablePrefix: 'a_prefix_of_24_characters'.slice(0, 24),
  });
  const orm = await openDatabase({ entities: [Staff, Client, AuthToken] });
  expect(await orm.schema.getUpdateSchemaSQL({ wrap: false })).toBe('');
  await closeDatabase(orm);
});

test('entities of two prefixes do not mix', async () => {
  const { Staff, Client, AuthToken } = defineStaff();
  const orm: MikroORM = await openDatabase({ entities: [...memberEntities, Staff, Client, AuthToken] });
  const create = (entities: object) => () =>
    createDurin({ orm, secret, entities: entities as never, verifyCredentials: () => null });
  expect(create({ User: Staff, Client: members.Client, AuthToken })).toThrow(
    'entities.Client and entities.AuthToken must come from one defineDurinEntities',
  );
  expect(create({ User: Member, Client, AuthToken })).toThrow(
    'entities.User must be the entity that was given to defineDurinEntities',
  );
  await closeDatabase(orm);
});
