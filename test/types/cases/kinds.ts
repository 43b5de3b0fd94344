import { defineEntity, EntitySchema, type InferEntity, p, Type } from '@mikro-orm/core';

// One property of each kind that MikroORM has. The case property-kinds.ts checks their types, and
// test/integration/database/property-kinds.test.ts their values.

/** `usd 5` in the app, 5 in the database. */
export class Price extends Type<string, number> {
  override convertToDatabaseValue(value: string): number {
    return Number(value.slice('usd '.length));
  }
  override convertToJSValue(value: number): string {
    return `usd ${value}`;
  }
  override getColumnType(): string {
    return 'int';
  }
}

export const Team = defineEntity({ name: 'Team', properties: { id: p.bigint().primary(), label: p.string() } });
export const Seat = defineEntity({
  name: 'Seat',
  properties: { row: p.integer().primary(), place: p.bigint().primary(), label: p.string() },
});
export const Post = defineEntity({ name: 'Post', properties: { id: p.integer().primary(), title: p.string() } });
export const Photo = defineEntity({ name: 'Photo', properties: { id: p.integer().primary(), url: p.string() } });

const Animal = defineEntity({
  name: 'Animal',
  embeddable: true,
  abstract: true,
  discriminatorColumn: 'type',
  properties: { type: p.enum(['cat', 'dog']) },
});
const Cat = defineEntity({
  name: 'Cat',
  extends: Animal,
  embeddable: true,
  discriminatorValue: 'cat',
  properties: { lives: p.integer().nullable() },
});
const Dog = defineEntity({
  name: 'Dog',
  extends: Animal,
  embeddable: true,
  discriminatorValue: 'dog',
  properties: { barks: p.boolean().nullable(), bornAt: p.datetime().nullable() },
});
const Place = defineEntity({
  name: 'Place',
  embeddable: true,
  properties: { cityName: p.string(), since: p.datetime(), doorCode: p.string().hidden().nullable() },
});
const Contact = defineEntity({
  name: 'Contact',
  embeddable: true,
  properties: {
    mail: p.string(),
    limit: p.bigint().nullable(),
    home: () => p.embedded(Place),
    work: () => p.embedded(Place).object(),
  },
});

export const Kinds = defineEntity({
  name: 'Kinds',
  properties: {
    id: p.integer().primary(),
    int: p.integer(),
    small: p.smallint(),
    tiny: p.tinyint(),
    bigintAsBigint: p.bigint(),
    bigintAsNumber: p.bigint('number'),
    bigintAsString: p.bigint('string'),
    decimal: p.decimal().precision(10).scale(2),
    decimalAsNumber: p.decimal('number').precision(10).scale(2),
    double: p.double(),
    real: p.float(),
    text: p.text(),
    char: p.character(),
    uuid: p.uuid(),
    bool: p.boolean(),
    withDefault: p.boolean().default(true),
    nullable: p.string().nullable(),
    date: p.date(),
    time: p.time(),
    datetime: p.datetime(),
    datetimeInSeconds: p.datetime(0),
    timestamp: p.datetime().columnType('timestamp(3)'),
    json: p.json<{ theme: string; sizes: number[] }>(),
    jsonNull: p.json<{ theme: string }>().nullable(),
    array: p.array(),
    enumeration: p.enum(['a', 'b']),
    enumerations: p.enum(['a', 'b']).array(),
    nativeEnum: p.enum(['x', 'y']).nativeEnumName('letter'),
    blob: p.blob(),
    bytes: p.uint8array(),
    custom: p.type(Price),
    inline: () => p.embedded(Contact),
    inlineNull: () => p.embedded(Place).nullable(),
    prefixed: () => p.embedded(Place).prefix('at_'),
    object: () => p.embedded(Contact).object(),
    list: () => p.embedded(Contact).array(),
    polymorphicInline: () => p.embedded([Cat, Dog]),
    polymorphicObject: () => p.embedded([Cat, Dog]).object(),
    polymorphicList: () => p.embedded([Cat, Dog]).array(),
    formula: p.integer().formula((columns) => `${columns.int} * 2`),
    generated: p.integer().generated('(int + 1) stored'),
    version: p.integer().version(),
    renamed: p.string().fieldName('other name').serializedName('alias'),
    team: () => p.manyToOne(Team),
    noTeam: () => p.manyToOne(Team).nullable(),
    teamRef: () => p.manyToOne(Team).ref(),
    partner: () => p.oneToOne(Team).owner(),
    seat: () => p.manyToOne(Seat),
    noSeat: () => p.manyToOne(Seat).nullable(),
    subject: () => p.manyToOne([Post, Photo]),
    // Not shown:
    hidden: p.string().hidden(),
    lazyRef: p.string().lazy().ref(),
    scalarRef: p.string().ref(),
    teams: () => p.manyToMany(Team),
  },
});
export type Kinds = InferEntity<typeof Kinds>;

export const kindEntities = [Kinds, Team, Seat, Post, Photo, Animal, Cat, Dog, Place, Contact];

// Inheritance: an abstract base, a table of several classes, and a table per class.
const Base = defineEntity({
  name: 'Base',
  abstract: true,
  properties: { id: p.integer().primary(), made: p.datetime() },
});
export const Derived = defineEntity({ name: 'Derived', extends: Base, properties: { nickname: p.string() } });

export const Person = defineEntity({
  name: 'Person',
  extends: Base,
  discriminatorColumn: 'kind',
  properties: { kind: p.enum(['customer', 'employee']), username: p.string() },
});
export const Customer = defineEntity({
  name: 'Customer',
  extends: Person,
  discriminatorValue: 'customer',
  properties: { points: p.integer() },
});
export const Employee = defineEntity({
  name: 'Employee',
  extends: Person,
  discriminatorValue: 'employee',
  properties: { badge: p.string() },
});

export class Account {
  declare id: number;
  declare username: string;
}
export class Staff extends Account {
  declare nickname: string;
}
export const AccountSchema = new EntitySchema({
  class: Account,
  inheritance: 'tpt',
  properties: { id: { type: 'integer', primary: true }, username: { type: 'string' } },
});
export const StaffSchema = new EntitySchema({
  class: Staff,
  extends: AccountSchema,
  properties: { nickname: { type: 'string' } },
});
export const inheritanceEntities = [Base, Derived, Person, Customer, Employee, AccountSchema, StaffSchema];
