import { randomUUID } from 'node:crypto';
import {
  type AnyEntity,
  Collection,
  type EntityName,
  helper,
  type MikroORM,
  Reference,
  ScalarReference,
  Utils,
} from '@mikro-orm/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createDurin, defineDurinEntities } from '../../../src/index.ts';
import { actAs } from '../../../src/testing/index.ts';
import { secret } from '../../support/app.ts';
import { closeDatabase, openDatabase } from '../../support/database.ts';
import {
  type Account,
  AccountSchema,
  Customer,
  Derived,
  Employee,
  inheritanceEntities,
  Kinds,
  kindEntities,
  Person,
  Photo,
  Seat,
  Staff,
  StaffSchema,
  Team,
} from '../../types/cases/kinds.ts';

// `ctx.user` equals what MikroORM loads, property by property, also in a session of `actAs`. The case types/cases/property-kinds.ts compares the types.

const since = new Date('2020-01-02T03:04:05.678Z');
const place = { cityName: 'Oslo', since, doorCode: '1234' };
const contact = { mail: 'a@example.org', limit: 9_007_199_254_740_993n, home: place, work: place };
const cat = { type: 'cat', lives: 9 } as const;
const dog = { type: 'dog', barks: true, bornAt: since } as const;

const scalars = {
  int: 7,
  small: 3,
  tiny: 4,
  bigintAsBigint: 9_007_199_254_740_993n,
  bigintAsNumber: 5,
  bigintAsString: '9007199254740993',
  decimal: '12.50',
  decimalAsNumber: 2.5,
  double: 1.25,
  real: 1.5,
  text: 'text',
  char: 'c',
  uuid: randomUUID(),
  bool: false,
  nullable: null,
  date: '1905-06-07',
  time: '10:11:12',
  datetime: since,
  datetimeInSeconds: new Date('2020-01-02T03:04:05Z'),
  timestamp: since,
  json: { theme: 'dark', sizes: [1, 2] },
  jsonNull: null,
  array: ['q', 'r'],
  enumeration: 'a',
  enumerations: ['a', 'b'],
  nativeEnum: 'y',
  blob: Buffer.from('blob'),
  bytes: new Uint8Array([1, 2, 255]),
  custom: 'usd 5',
  renamed: 'renamed',
  hidden: 'hidden',
  lazyRef: 'lazy',
  scalarRef: 'ref',
} as const;

const embedded = {
  inline: contact,
  prefixed: place,
  object: contact,
  list: [contact, { ...contact, limit: null }],
  polymorphicInline: cat,
  polymorphicObject: dog,
  polymorphicList: [dog, cat],
};

/** Opens a database with one user, signs it in, and returns `ctx.user`, the entity as MikroORM loads it, and what `actAs` shows of that. */
async function open(
  entities: readonly unknown[],
  User: EntityName<AnyEntity>,
  create: (orm: MikroORM) => Promise<number>,
) {
  const { Client, AuthToken } = defineDurinEntities({ user: () => User });
  const orm = await openDatabase({ entities: [...entities, Client, AuthToken] as never });
  const id = await create(orm);
  const durin = createDurin({
    orm,
    entities: { User, Client, AuthToken },
    secret,
    clients: { web: {} },
    verifyCredentials: () => null,
  });
  await durin.clients.sync();
  const { token } = await durin.tokens.issue({ user: id, client: 'web' });
  const user = (await durin.authenticate(token)).user as Record<string, unknown>;
  const entity = (await orm.em.fork().findOneOrFail(User, id)) as Record<string, unknown>;
  const acted = (await durin.guard(actAs(durin, entity as never).headers)).user as Record<string, unknown>;
  return { orm, user, entity, acted };
}

/** A loaded value as a plain one: an embedded object without its hidden properties, a relation as its key. */
function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (value instanceof Reference) return plain(value.unwrap());
  if (value === null || typeof value !== 'object' || !Utils.isEntity(value, true)) {
    return isEmbedded(value) ? embeddedFields(value) : value;
  }
  const { __meta: meta } = helper(value);
  const key = Object.fromEntries(meta.primaryKeys.map((name) => [name, (value as Record<string, unknown>)[name]]));
  return meta.compositePK ? key : Object.values(key)[0];
}

function isEmbedded(value: unknown): value is object {
  return typeof value === 'object' && value !== null && '__meta' in value;
}

function embeddedFields(value: object): object {
  const { props } = helper(value).__meta; // oxlint-disable-line no-underscore-dangle
  const shown = new Set<string>(props.filter(({ hidden }) => !hidden).map(({ name }) => name));
  const entries = Object.entries(value).filter(([name]) => shown.has(name));
  return Object.fromEntries(entries.map(([name, inner]) => [name, plain(inner)]));
}

describe('of a user with a property of each kind', () => {
  let database: Awaited<ReturnType<typeof open>>;
  beforeAll(async () => {
    database = await open(kindEntities, Kinds as never, async (orm) => {
      const em = orm.em.fork();
      const team = em.create(Team, { label: 'red' });
      const seat = em.create(Seat, { row: 1, place: 2n, label: 'window' });
      const subject = em.create(Photo, { url: '/1' });
      const relations = { team, teamRef: team, partner: team, seat, subject, teams: [team] };
      const user = em.create(Kinds, { ...scalars, ...embedded, ...relations } as never);
      await em.flush();
      return user.id;
    });
  });
  afterAll(() => closeDatabase(database.orm));

  const hidden = ['hidden', 'lazyRef', 'scalarRef', 'teams'];
  const names = Object.keys(Kinds.meta.properties);

  test.each(names.filter((name) => !hidden.includes(name)))('%s is shown as MikroORM loads it', (name) => {
    expect(database.entity[name]).toBeDefined();
    expect(database.user[name]).toStrictEqual(plain(database.entity[name]));
    expect(database.acted[name]).toEqual(database.user[name]);
  });

  test.each(hidden)('%s is left out', (name) => {
    expect(database.user).not.toHaveProperty(name);
    expect(database.acted).not.toHaveProperty(name);
    const loaded = database.entity[name];
    expect(loaded instanceof Collection || loaded instanceof ScalarReference || name === 'hidden').toBe(true);
  });
});

describe('a user entity in an inheritance', () => {
  const made = since;
  test.each([
    ['that extends an abstract base', Derived, Derived, { made, nickname: 'al' }, []],
    ['of a table of several classes', Customer, Customer, { made, username: 'alice', points: 3 }, ['kind']],
    ['that is the root of such a table', Person, Employee, { made, username: 'eve', badge: 'b' }, ['kind', '-badge']],
    ['with a table beside that of its base', StaffSchema, Staff, { username: 'alice', nickname: 'al' }, []],
    ['that is the root of several tables', AccountSchema, Staff, { username: 'al', nickname: 'a' }, ['-nickname']],
  ])('%s shows the properties of its class', async (_name, User, Created, values, others) => {
    const { orm, user, entity, acted } = await open(inheritanceEntities, User as never, async (own) => {
      const em = own.em.fork();
      const created = em.create(Created as typeof Account, values as never);
      await em.flush();
      return created.id;
    });
    try {
      const names = ['id', ...Object.keys(values), ...others];
      expect(Object.keys(user).toSorted()).toEqual(
        names.filter((name) => !name.startsWith('-') && !others.includes(`-${name}` as never)).toSorted(),
      );
      expect(entity).toMatchObject(user);
      expect(acted).toEqual(user);
    } finally {
      await closeDatabase(orm);
    }
  });
});
