import { defineEntity, type EntityManager, type MikroORM, p, Type } from '@mikro-orm/core';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createDurin, DurinUsageError, defineDurinEntities } from '../../../src/index.ts';
import { requestOf, secret, t } from '../../support/app.ts';
import { codeOf, recordEvents } from '../../support/arena.ts';
import { closeDatabase, openDatabase } from '../../support/database.ts';

/** Stores a value differently each time, as an encrypting type does. */
class Salted extends Type<string, string> {
  override convertToDatabaseValue(value: string): string {
    return `${Math.random()}:${value}`;
  }
  override convertToJSValue(stored: string): string {
    return stored.slice(stored.indexOf(':') + 1);
  }
  override getColumnType(): string {
    return 'text';
  }
}

const Account = defineEntity({
  name: 'Account',
  tableName: 'app_account',
  properties: {
    id: p.integer().primary(),
    name: p.string(),
    visits: p.integer().default(0),
    passwordHash: p.string().hidden().fieldName('pw'),
    pepper: p.string().lazy().ref(),
    changedAt: p.datetime().nullable(),
    key: p.blob().nullable(),
    factors: p.json<{ totp: string }[]>().nullable(),
    counter: p.bigint().nullable(),
    salted: p.type(Salted),
    shout: p.string().persist(false).nullable(),
  },
});
const { Client, AuthToken } = defineDurinEntities({ user: () => Account });

const fields = ['passwordHash', 'pepper', 'changedAt', 'key', 'factors', 'counter', 'salted'] as const;
const initial = {
  passwordHash: 'hash',
  pepper: 'grains',
  changedAt: new Date('2026-11-01T12:00:00.123Z'),
  key: Buffer.from([1, 2, 250]),
  factors: [{ totp: 'abc' }],
  counter: 9_007_199_254_740_993n,
  salted: 'sea',
};

let orm: MikroORM;
beforeAll(async () => {
  orm = await openDatabase({ entities: [Account, Client, AuthToken] });
  const em = orm.em.fork();
  em.create(Account, { name: 'alice', ...initial });
  await em.flush();
});
afterAll(() => closeDatabase(orm));
beforeEach(() => orm.em.nativeUpdate(Account, 1, initial));

const load = (em: EntityManager) => em.findOne(Account, 1, { populate: ['pepper'] });

/** A durin whose logins are for alice, with any password. */
function mount(verify: (em: EntityManager) => Promise<object | null> = load) {
  const durin = createDurin({
    orm,
    entities: { User: Account, Client, AuthToken },
    secret,
    clients: { web: {} },
    credentialFields: fields,
    throttle: { login: false },
    verifyCredentials: async ({ em }) => (await verify(em)) as never,
  });
  const router = t.router({ auth: durin.durinRouter, me: durin.authedProcedure.query(({ ctx }) => ctx.user) });
  const callAs = (token?: string) => router.createCaller(durin.createContext(requestOf({ token })));
  return { durin, callAs, login: () => callAs().auth.login({ username: '', password: '', client: 'web' }) };
}

test('a login with what is stored gets in, whatever the types of the columns', async () => {
  const { durin, callAs, login } = mount();
  await durin.clients.sync();
  const { token } = await login();
  const user = await callAs(token).me();
  expect(user).not.toHaveProperty('passwordHash');
  expect((await login()).token).toBe(token);
});

const changes = {
  passwordHash: 'other',
  pepper: 'corns',
  changedAt: new Date('2026-11-01T12:00:00.124Z'),
  key: Buffer.from([1, 2, 251]),
  factors: [{ totp: 'abd' }],
  counter: 9_007_199_254_740_992n,
  salted: 'lake',
};

describe.each(Object.entries(changes))('%s is a credential', (field, value) => {
  test('a login that verified its earlier value is refused', async () => {
    const { login } = mount(async (em) => {
      const user = await load(em);
      await orm.em.fork().nativeUpdate(Account, 1, { [field]: value });
      return user;
    });
    expect(await login().catch(codeOf)).toBe('INVALID_CREDENTIALS');
  });

  test("a flush that changes it ends the user's sessions", async () => {
    const { durin, callAs, login } = mount();
    const events = recordEvents(durin.events);
    const { token } = await login();
    const em = orm.em.fork();
    const user = await em.findOneOrFail(Account, 1, { populate: ['pepper'] });
    if (field === 'pepper') user.pepper.set('corns');
    else em.assign(user, { [field]: value });
    await em.flush();
    expect(await callAs(token).me().catch(codeOf)).toBe('INVALID_TOKEN');
    expect(events.of('tokenRevoked')).toMatchObject([{ reason: 'credentials-changed', userId: 1 }]);
    await durin.close();
  });
});

test('a change of other fields is of no concern', async () => {
  const { callAs, login } = mount(async (em) => {
    const user = await load(em);
    await orm.em.fork().nativeUpdate(Account, 1, { visits: 3 });
    return user;
  });
  const { token } = await login();
  const em = orm.em.fork();
  (await em.findOneOrFail(Account, 1)).visits += 1;
  await em.flush();
  expect(await callAs(token).me()).toMatchObject({ visits: 4 });
});

test('verifyCredentials may store a new hash of the same password', async () => {
  const { login } = mount(async (em) => {
    const user = await em.findOneOrFail(Account, 1, { populate: ['pepper'] });
    user.passwordHash = 'hash of today';
    await em.flush();
    return user;
  });
  expect((await login()).token).toBeTruthy();
});

test.each([
  ['pepper', (em: EntityManager) => em.findOne(Account, 1)],
  ['passwordHash', (em: EntityManager) => em.findOne(Account, 1, { fields: ['name'] as never })],
  ['passwordHash', async () => ({ id: 1, name: 'alice' })],
])('a login is refused if %s is not loaded, and only the logs say so', async (field, verify) => {
  const { login } = mount(verify);
  const error = await login().then(
    () => null,
    (refusal: Error) => refusal,
  );
  expect(error).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error' });
  const cause = error?.cause as Error | undefined;
  const reasons = [error, cause, cause?.cause].map(String).join();
  expect(reasons).toContain(`verifyCredentials must return a Account with its ${field} loaded`);
  expect(reasons).not.toContain('hash of');
});

test.each([
  ['passwordhash', "Account has no column 'passwordhash'"],
  ['shout', "Account has no column 'shout'"],
  ['toString', "Account has no column 'toString'"],
  ['id', "'id' is the primary key, which never changes"],
])('%s is refused as a credential field at the start', (name, sentence) => {
  const create = () =>
    createDurin({
      orm,
      entities: { User: Account, Client, AuthToken },
      secret,
      credentialFields: [name as 'passwordHash'],
      verifyCredentials: () => null,
    });
  expect(create).toThrow(DurinUsageError);
  expect(create).toThrow(`createDurin: credentialFields: ${sentence}`);
});
