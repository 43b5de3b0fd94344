import {
  defineEntity,
  EntitySchema,
  type Hidden,
  type InferEntity,
  type MikroORM,
  type Opt,
  type PrimaryKeyProp,
  p,
} from '@mikro-orm/core';
import type { inferRouterOutputs } from '@trpc/server';
import { createDurin, defineDurinEntities, type SyncedClient } from '../../../src/index.ts';
import { same } from './same.ts';

declare const orm: MikroORM;
const secret = 'a secret that is long enough for the tests';

// A class, without decorators, with a schema of its own.
class Team {
  declare id: bigint;
  declare name: string;
}
class Member {
  declare [PrimaryKeyProp]?: 'email';
  declare email: string;
  declare passwordHash: Hidden<string> | null;
  declare isActive: Opt<boolean>;
  declare nickname?: string;
  declare team: Team;
  isAdmin(): boolean {
    return this.email.endsWith('@example.org');
  }
}
export const MemberSchema = new EntitySchema({
  class: Member,
  properties: {
    email: { type: 'string', primary: true },
    passwordHash: { type: 'string', nullable: true, hidden: true },
    isActive: { type: 'boolean', default: true },
    nickname: { type: 'string', nullable: true },
    team: { kind: 'm:1', entity: () => Team },
  },
});
const byClass = defineDurinEntities({ user: () => Member });
const members = createDurin({
  orm,
  entities: { User: Member, ...byClass },
  secret,
  verifyCredentials: ({ em }) => em.findOne(Member, 'alice@example.org'),
  populate: ['user.team'],
});
members.authedProcedure.query(({ ctx }) => {
  same<keyof typeof ctx.user, 'email' | 'isActive' | 'nickname' | 'team'>();
  same<typeof ctx.user.email, string>();
  same<typeof ctx.user.isActive, boolean>();
  same<typeof ctx.user.nickname, string | null>();
  same<typeof ctx.user.team.name, string>();
  // @ts-expect-error: a hidden column is not read, also if it may be null
  void ctx.user.passwordHash;
  // @ts-expect-error: a plain object has no methods
  void ctx.user.isAdmin;
});
void members.tokens.revokeAll({ user: 'alice@example.org' });
// @ts-expect-error: this user's key is a string
void members.tokens.revokeAll({ user: 1 });
members.events.on('loggedIn', ({ userId }) => same<typeof userId, string>());

// The same with the class's schema in place of the class.
createDurin({
  orm,
  entities: { User: MemberSchema, ...defineDurinEntities({ user: () => MemberSchema }) },
  secret,
  verifyCredentials: () => null,
}).authedProcedure.query(({ ctx }) => same<typeof ctx.user.team, bigint>());

// Keys of each kind.
const Big = defineEntity({ name: 'Big', properties: { id: p.bigint().primary(), name: p.string() } });
const Uuid = defineEntity({ name: 'Uuid', properties: { id: p.uuid().primary(), name: p.string() } });
const Named = defineEntity({ name: 'Named', properties: { name: p.string().primary() } });
const rest = { orm, secret, verifyCredentials: () => null };
const big = createDurin({ ...rest, entities: { User: Big, ...defineDurinEntities({ user: () => Big }) } });
const uuid = createDurin({ ...rest, entities: { User: Uuid, ...defineDurinEntities({ user: () => Uuid }) } });
const named = createDurin({ ...rest, entities: { User: Named, ...defineDurinEntities({ user: () => Named }) } });
big.events.on('tokenIssued', ({ userId }) => same<typeof userId, bigint>());
uuid.events.on('tokenIssued', ({ userId }) => same<typeof userId, string>());
named.events.on('loginFailed', ({ userId }) => same<typeof userId, string | null>());
big.authedProcedure.query(({ ctx }) => same<typeof ctx.user.id, bigint>());
uuid.authedProcedure.query(({ ctx }) => same<typeof ctx.user.id, string>());
named.authedProcedure.query(({ ctx }) => same<typeof ctx.user.name, string>());
void big.tokens.issue({ user: 1n, client: 'web' });
void uuid.tokens.issue({ user: '0b0f9f7e-6f0e-4d2c-8f57-0c1b5f7b1c11', client: 'web' });
// @ts-expect-error: this user's key is a bigint
void big.tokens.issue({ user: '1', client: 'web' });

// An app's own columns are shown as they are, also objects.
const Address = defineEntity({
  name: 'Address',
  embeddable: true,
  properties: { city: p.string(), doorCode: p.string().hidden() },
});
const Person = defineEntity({
  name: 'Person',
  properties: {
    id: p.integer().primary(),
    tags: p.array(),
    preferences: p.json<{ theme: string }>(),
    address: () => p.embedded(Address),
    role: p.enum(['admin', 'member']),
    passwordHash: p.string().hidden().nullable(),
  },
});
type Person = InferEntity<typeof Person>;
const people = createDurin({
  ...rest,
  entities: { User: Person, ...defineDurinEntities({ user: () => Person }) },
  serializeUser: (user: Person) => user.role,
});
people.authedProcedure.query(({ ctx }) => {
  same<keyof typeof ctx.user, 'id' | 'tags' | 'preferences' | 'address' | 'role'>();
  same<typeof ctx.user.tags, readonly string[]>();
  same<typeof ctx.user.preferences, { theme: string }>();
  same<typeof ctx.user.address, { readonly city: string }>();
  same<typeof ctx.user.role, 'admin' | 'member'>();
});
same<inferRouterOutputs<typeof people.durinRouter>['login']['user'], 'admin' | 'member'>();
createDurin({
  ...rest,
  entities: { User: Person, ...defineDurinEntities({ user: () => Person }) },
  // @ts-expect-error: an embedded object is no relation
  populate: ['user.address'],
});

// The app's own relations on Client.
class Settings {
  declare id: number;
  declare theme: string;
  declare client: InferEntity<typeof withSettings.Client>;
}
const withSettings = defineDurinEntities({
  user: () => Member,
  client: { settings: { entity: () => Settings, mappedBy: 'client' } },
});
createDurin({
  ...rest,
  entities: { User: Member, ...withSettings },
  populate: ['user', 'client.settings'],
}).authedProcedure.query(({ ctx }) => {
  same<keyof NonNullable<typeof ctx.auth.client.settings>, 'id' | 'theme' | 'client'>();
  // @ts-expect-error: a client may have none
  void ctx.auth.client.settings.theme;
  same<NonNullable<typeof ctx.auth.client.settings>['client'], number>();
  same<typeof ctx.auth.client.name, string>();
});

// A second user model, with tables of its own.
const Staff = defineEntity({ name: 'Staff', properties: { id: p.integer().primary(), badge: p.string() } });
const byPrefix = defineDurinEntities({ user: () => Staff, tablePrefix: 'staff_', schema: 'office' });
const staff = createDurin({
  orm,
  entities: { User: Staff, ...byPrefix },
  secret,
  verifyCredentials: ({ em }) => em.findOne(Staff, { badge: '7' }),
});
staff.authedProcedure.query(({ ctx }) => same<typeof ctx.user.badge, string>());
// @ts-expect-error: the tables of one user model do not fit the other
createDurin({ orm, entities: { User: Member, ...byPrefix }, secret, verifyCredentials: () => null });
// @ts-expect-error: a prefix is a string
defineDurinEntities({ user: () => Staff, tablePrefix: 7 });

// Fields that `sync` may update.
void staff.clients.sync({ update: ['tokenTtl', 'maxSessions', 'atLimit', 'idleTtl', 'maxLifetime', 'throttleRate'] });
void staff.clients.sync({ update: true }).then(([client]) => same<typeof client, SyncedClient | undefined>());
// @ts-expect-error: the name is how a client is found
void staff.clients.sync({ update: ['name'] });
