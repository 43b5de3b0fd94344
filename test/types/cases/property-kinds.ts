import type { MikroORM } from '@mikro-orm/core';
import { createDurin, defineDurinEntities } from '../../../src/index.ts';
import { Customer, Derived, Kinds, Person, StaffSchema } from './kinds.ts';
import { same } from './same.ts';

declare const orm: MikroORM;
const rest = { orm, secret: 'a secret that is long enough for the tests', verifyCredentials: () => null };

// `ctx.user` has each property with the type of its value, and no property that has none.
createDurin({
  ...rest,
  entities: { User: Kinds, ...defineDurinEntities({ user: () => Kinds }) },
}).authedProcedure.query(({ ctx: { user } }) => {
  same<typeof user.int, number>();
  same<typeof user.small, number>();
  same<typeof user.bigintAsBigint, bigint>();
  same<typeof user.bigintAsNumber, number>();
  same<typeof user.bigintAsString, string>();
  same<typeof user.decimal, string>();
  same<typeof user.decimalAsNumber, number>();
  same<typeof user.double, Kinds['double']>();
  same<typeof user.uuid, string>();
  same<typeof user.bool, boolean>();
  same<typeof user.withDefault, boolean>();
  same<typeof user.nullable, string | null>();
  same<typeof user.date, string>();
  same<typeof user.time, string>();
  same<typeof user.datetime, Date>();
  same<typeof user.timestamp, Date>();
  same<typeof user.json, { theme: string; sizes: number[] }>();
  same<typeof user.jsonNull, { theme: string } | null>();
  same<typeof user.array, readonly string[]>();
  same<typeof user.enumeration, 'a' | 'b'>();
  same<typeof user.enumerations, readonly ('a' | 'b')[]>();
  same<typeof user.nativeEnum, 'x' | 'y'>();
  same<typeof user.blob, Kinds['blob']>();
  same<typeof user.bytes, Uint8Array>();
  same<typeof user.custom, string>();
  same<keyof typeof user.inline, 'mail' | 'limit' | 'home' | 'work'>();
  same<typeof user.inline.limit, bigint | null>();
  same<keyof typeof user.inline.home, 'cityName' | 'since'>();
  same<null extends typeof user.inlineNull ? true : false, true>();
  same<keyof typeof user.prefixed, 'cityName' | 'since'>();
  same<keyof typeof user.object.work, 'cityName' | 'since'>();
  same<(typeof user.list)[number]['mail'], string>();
  const pet = user.polymorphicInline;
  if ('lives' in pet) same<typeof pet.lives, number | null>();
  else same<typeof pet.bornAt, Date | null>();
  for (const each of user.polymorphicList) if ('barks' in each) same<typeof each.barks, boolean | null>();
  same<typeof user.formula, number>();
  same<typeof user.generated, number>();
  same<typeof user.version, number>();
  same<typeof user.renamed, string>();
  same<typeof user.team, bigint>();
  same<typeof user.noTeam, bigint | null>();
  same<typeof user.teamRef, bigint>();
  same<typeof user.partner, bigint>();
  same<typeof user.seat, { readonly row: number; readonly place: bigint }>();
  same<typeof user.noSeat, { readonly row: number; readonly place: bigint } | null>();
  same<typeof user.subject, number>();
  same<Extract<keyof typeof user, 'hidden' | 'lazyRef' | 'scalarRef' | 'teams'>, never>();
});

// Inheritance: the properties of the class and of those that it extends, and of no other.
createDurin({
  ...rest,
  entities: { User: Derived, ...defineDurinEntities({ user: () => Derived }) },
}).authedProcedure.query(({ ctx }) => same<keyof typeof ctx.user, 'id' | 'made' | 'nickname'>());
createDurin({
  ...rest,
  entities: { User: Customer, ...defineDurinEntities({ user: () => Customer }) },
}).authedProcedure.query(({ ctx }) => same<keyof typeof ctx.user, 'id' | 'made' | 'kind' | 'username' | 'points'>());
createDurin({
  ...rest,
  entities: { User: Person, ...defineDurinEntities({ user: () => Person }) },
}).authedProcedure.query(({ ctx }) => same<keyof typeof ctx.user, 'id' | 'made' | 'kind' | 'username'>());
createDurin({
  ...rest,
  entities: { User: StaffSchema, ...defineDurinEntities({ user: () => StaffSchema }) },
}).authedProcedure.query(({ ctx }) => same<keyof typeof ctx.user, 'id' | 'username' | 'nickname'>());
