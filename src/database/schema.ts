import type {
  AnyEntity,
  EntityClass,
  EntityManager,
  EntityMetadata,
  EntityName,
  EntityProperty,
  EntitySchema,
  IDatabaseDriver,
  MikroORM,
  Platform,
} from '@mikro-orm/core';
import { DurinUsageError } from '../errors.ts';
import type { DurinAuthToken, DurinClient } from './entities.ts';
import { converterOf, Projection, primaryKeyOf } from './rows/projection.ts';

export type { EntityManager, MikroORM };

/** A MikroORM under a name of its own: declarations would spell out the type's default parameters otherwise. */
export interface OpenOrm extends MikroORM {}

/** The app's ORM, also where its entities are listed `as const`. */
export type AppORM = MikroORM<
  IDatabaseDriver,
  EntityManager,
  readonly (string | EntityClass<AnyEntity> | EntitySchema)[]
>;

/** The app's entities, as `createDurin` is given them. */
export interface EntitySet<TUser extends object, TClient extends DurinClient> {
  User: EntityName<TUser>;
  Client: EntityName<TClient>;
  AuthToken: EntityName<DurinAuthToken<TUser, TClient>>;
}

/** The same, where their types do not matter. */
export type EntityNames = Readonly<Record<keyof EntitySet<object, DurinClient>, EntityName<object>>>;

/** Where things lie in this app's database: quoted table names, and the user's primary key. */
export interface Schema {
  readonly platform: Platform;
  readonly tokenMeta: EntityMetadata;
  readonly clientMeta: EntityMetadata;
  readonly userMeta: EntityMetadata;
  readonly tokens: string;
  readonly clients: string;
  readonly users: string;
  /** The user table's quoted key column. */
  readonly userKeyColumn: string;
  readonly userKey: EntityProperty;
  /** The primary key of a user, or of what is one already. */
  userKeyOf(userOrKey: unknown): unknown;
  /** A user, or its primary key, as an SQL parameter. */
  toUserKey(userOrKey: unknown): unknown;
  /** A raw key of the database as the entity's property has it. */
  fromUserKey(raw: unknown): unknown;
  newProjection(): Projection;
}

/** @throws DurinUsageError for entities that the ORM does not know, or that do not belong together */
export function readSchema(orm: MikroORM, entities: EntityNames): Schema {
  const platform = orm.em.getPlatform();
  const userMeta = metadataOf(orm, entities.User, 'entities.User');
  const clientMeta = metadataOf(orm, entities.Client, 'entities.Client');
  const tokenMeta = metadataOf(orm, entities.AuthToken, 'entities.AuthToken');
  if (tokenMeta.properties['selector'] === undefined) {
    throw new DurinUsageError('entities.AuthToken must come from defineDurinEntities');
  }
  if (tokenMeta.properties['user']?.targetMeta?.class !== userMeta.class) {
    throw new DurinUsageError('entities.User must be the entity that was given to defineDurinEntities');
  }
  if (tokenMeta.properties['client']?.targetMeta?.class !== clientMeta.class) {
    throw new DurinUsageError('entities.Client and entities.AuthToken must come from one defineDurinEntities');
  }
  const userKey = primaryKeyOf(userMeta);
  if (userKey.targetMeta !== undefined) {
    throw new DurinUsageError(
      `entities.User must have a primary key of its own, and ${userMeta.className}.${userKey.name} is a relation`,
    );
  }
  const readKey = converterOf(userKey, platform) ?? ((raw: unknown) => raw);
  function userKeyOf(userOrKey: unknown): unknown {
    const isEntity = typeof userOrKey === 'object' && userOrKey !== null && userKey.name in userOrKey;
    const key: unknown = isEntity ? (userOrKey as Record<string, unknown>)[userKey.name] : userOrKey;
    if (key === undefined || key === null || typeof key === 'object') {
      throw new DurinUsageError(`user must be a ${userMeta.className} that is stored, or its ${userKey.name}`);
    }
    return key;
  }
  const newProjection = () => new Projection(platform, orm.config.get('schema'));
  const tables = newProjection();

  return {
    platform,
    tokenMeta,
    clientMeta,
    userMeta,
    tokens: tables.tableOf(tokenMeta),
    clients: tables.tableOf(clientMeta),
    users: tables.tableOf(userMeta),
    userKey,
    userKeyColumn: platform.quoteIdentifier(userKey.fieldNames[0] ?? ''),
    fromUserKey: readKey,
    userKeyOf,
    toUserKey(userOrKey) {
      const key = userKeyOf(userOrKey);
      return userKey.customType?.convertToDatabaseValue(key, platform) ?? key;
    },
    newProjection,
  };
}

function metadataOf(orm: MikroORM, entity: EntityName<object>, option: string): EntityMetadata {
  const meta = orm.getMetadata().find(entity);
  // For the name of a method that all objects have, it finds that.
  if (meta?.properties === undefined) throw new DurinUsageError(`${option} must be one of the entities of orm`);
  return meta; // `EntityMetadata` is invariant
}
