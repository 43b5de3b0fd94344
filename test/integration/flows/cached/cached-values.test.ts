import { defineEntity, p } from '@mikro-orm/core';
import { Keyv } from 'keyv';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDurin, defineDurinEntities } from '../../../../src/index.ts';
import type { CacheOptions } from '../../../../src/options/cache-options.ts';
import { secret } from '../../../support/app.ts';
import { closeDatabase, openDatabase } from '../../../support/database.ts';

const Address = defineEntity({
  name: 'Address',
  embeddable: true,
  properties: { city: p.string(), since: p.datetime() },
});
const Credential = defineEntity({
  name: 'Credential',
  embeddable: true,
  properties: { kind: p.string(), hash: p.string().hidden(), renamed: p.string().hidden().fieldName('old_hash') },
});
const Login = defineEntity({
  name: 'Login',
  embeddable: true,
  properties: {
    nick: p.string(),
    hash: p.string().hidden(),
    seen: p.datetime(),
    main: () => p.embedded(Credential).object().nullable(),
    others: () => p.embedded(Credential).array(),
  },
});
const Company = defineEntity({
  name: 'Company',
  properties: { id: p.bigint().primary(), founded: p.date(), logo: p.blob() },
});
const User = defineEntity({
  name: 'User',
  tableName: 'person',
  properties: {
    id: p.uuid().primary(),
    passwordHash: p.string().hidden(),
    isActive: p.boolean(),
    age: p.integer(),
    ratio: p.double(),
    price: p.decimal().precision(30).scale(2),
    balance: p.bigint(),
    born: p.datetime(),
    day: p.date(),
    tags: p.array(),
    preferences: p.json<{ theme: string; nested: { list: number[] } }>(),
    text: p.string(),
    nothing: p.string().nullable(),
    key: p.blob(),
    address: () => p.embedded(Address),
    homes: () => p.embedded(Address).array(),
    login: () => p.embedded(Login).object(),
    logins: () => p.embedded(Login).array(),
    oldLogin: () => p.embedded(Login).object().nullable(),
    company: () => p.manyToOne(Company),
  },
});
const { Client, AuthToken } = defineDurinEntities({ user: () => User });

const id = '0b8f7a52-2f0c-4a39-8d6f-6a2d1e1f9a55';
const hash = '$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo';
const since = new Date('2020-01-02T03:04:05.678Z');

async function openValues() {
  const orm = await openDatabase({ entities: [User, Company, Address, Credential, Login, Client, AuthToken] });
  const em = orm.em.fork();
  const credential = { kind: 'totp', hash, renamed: hash };
  const login = { nick: 'al', hash, seen: since, main: credential, others: [credential, credential] };
  const logo = Buffer.from([0, 255, 128, 10, 13]);
  const company = em.create(Company, { id: 9_007_199_254_740_993n, founded: '1905-06-07', logo });
  em.create(User, {
    id,
    passwordHash: hash,
    isActive: true,
    age: 42,
    ratio: 0.1,
    price: '12345678901234567890.12',
    balance: -9_007_199_254_740_993n,
    born: new Date('1990-05-06T07:08:09.123Z'),
    day: '2000-02-29',
    tags: ['a', '', '{"b"}'],
    preferences: { theme: 'dark', nested: { list: [1, 2] } },
    text: '2020-01-02T03:04:05.678Z ["looks like a date"] \u0000'.replace('\u0000', 'é\u{1f600}'),
    nothing: null,
    key: logo,
    address: { city: 'Oslo', since },
    homes: [{ city: 'Bergen', since }],
    login,
    logins: [login, { ...login, nick: 'bo', main: null, others: [] }],
    oldLogin: null,
    company,
  });
  await em.flush();
  const values = new Map<string, unknown>();
  const required = { orm, entities: { User, Client, AuthToken }, secret, verifyCredentials: () => null };
  const populated = { ...required, populate: ['user', 'user.company'] as const };
  const uncached = createDurin(populated);
  const open = (cache: CacheOptions) => createDurin({ ...populated, cache });
  const instances = {
    memory: open({ ttl: '60s' }),
    writer: open({ ttl: '60s', store: new Keyv({ store: values }) }),
    reader: open({ ttl: '60s', store: new Keyv({ store: values }) }),
  };
  await uncached.clients.create({ name: 'web' });
  const { token } = await uncached.tokens.issue({ user: id, client: 'web' });
  return { orm, values, uncached, open, ...instances, token };
}

let app: Awaited<ReturnType<typeof openValues>>;
beforeAll(async () => {
  app = await openValues();
  await app.memory.authenticate(app.token);
  await app.writer.authenticate(app.token);
});
afterAll(async () => {
  for (const durin of [app.uncached, app.memory, app.writer, app.reader]) await durin.close();
  await closeDatabase(app.orm);
});

const stored = () => JSON.stringify([...app.values]);

test.each(['memory', 'writer', 'reader'] as const)(
  'a user is the same from the cache (%s) as from the database',
  async (which) => {
    const cached = await app[which].authenticate(app.token);
    const read = await app.uncached.authenticate(app.token);
    expect(cached.user).toStrictEqual(read.user);
    expect(cached.client).toStrictEqual(read.client);
    expect([cached.id, cached.created, cached.expiry]).toStrictEqual([read.id, read.created, read.expiry]);
    expect(cached.user).toMatchObject({ balance: -9_007_199_254_740_993n, company: { id: 9_007_199_254_740_993n } });
  },
);

test('hidden properties of a JSON object are not cached', async () => {
  const { user } = await app.reader.authenticate(app.token);
  const login = { nick: 'al', seen: since, main: { kind: 'totp' }, others: [{ kind: 'totp' }, { kind: 'totp' }] };
  expect(user.login).toStrictEqual(login);
  expect(user.logins).toStrictEqual([login, { nick: 'bo', seen: since, main: null, others: [] }]);
  expect(user.oldLogin).toBeNull();
});

test('no token, secret or password hash is in the store', () => {
  expect(stored()).toContain(app.token.slice(0, 32)); // only its public half
  for (const hidden of [app.token, app.token.slice(32), secret, hash, 'argon2']) expect(stored()).not.toContain(hidden);
});

describe('one request cannot change what another one sees', () => {
  type Auth = Awaited<ReturnType<typeof app.memory.authenticate>>;

  /** Tries to change something, and returns what another request sees. */
  async function meddle(change: (auth: Auth) => unknown): Promise<Auth> {
    const durin = app.open({ ttl: '60s' });
    const auth = await durin.authenticate(app.token);
    try {
      change(auth);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error; // thrown by frozen objects
    }
    return durin.authenticate(app.token);
  }

  test.each<[what: string, change: (auth: Auth) => unknown]>([
    ['the user', ({ user }) => Object.assign(user, { age: 1 })],
    ['a related entity', ({ user }) => Object.assign(user.company, { founded: 'x' })],
    ['an embedded object', ({ user }) => Object.assign(user.address, { city: 'x' })],
    ['a list of embedded objects', ({ user }) => (user.homes as unknown[]).push('x')],
    ['an array', ({ user }) => (user.tags as unknown[]).push('x')],
    ['JSON', ({ user }) => Object.assign(user.preferences, { theme: 'x' })],
    ['JSON, further in', ({ user }) => (user.preferences.nested.list as unknown[]).push(3)],
    ['the client', ({ client }) => Object.assign(client, { name: 'x' })],
    ['a date', ({ user }) => user.born.setFullYear(1)],
    ['a date in an embedded object', ({ user }) => user.address.since.setFullYear(1)],
    ['bytes', ({ user }) => user.key.fill(1)],
    ['the expiry', ({ expiry }) => expiry?.setFullYear(3000)],
    ['when it was created', ({ created }) => created.setFullYear(1)],
  ])('%s', async (_what, change) => {
    const { user, client, expiry, created } = await meddle(change);
    const truth = await app.uncached.authenticate(app.token);
    expect({ user, client, expiry, created }).toStrictEqual({
      user: truth.user,
      client: truth.client,
      expiry: truth.expiry,
      created: truth.created,
    });
  });
});
