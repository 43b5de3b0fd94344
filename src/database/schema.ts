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
import type { DurinAuthToken, DurinClient, DurinTokenUse } from './entity-rows.ts';
import { findAudit, findBeside } from './mistakes/find-beside.ts';
import { refuseUnplacedTriggers } from './mistakes/unplaced-triggers.ts';
import type { PopulateTree } from './rows/populate-tree.ts';
import { primaryKeyOf } from './rows/primary-key.ts';
import { Projection } from './rows/projection.ts';
import { propertyConverter } from './rows/property-converter.ts';
import { areSameValues } from './rows/property-values.ts';
import { createRowConditions, type FilterChoices } from './rows/row-conditions.ts';
import { createSchemaCheck } from './rows/row-schema.ts';
import { defaultTokenTable } from './rows/table-names.ts';
import { createTables } from './rows/tables.ts';

export type { EntityManager, MikroORM };

/** A MikroORM under a name of its own: otherwise, declarations would spell out the type's default parameters. */
export interface OpenOrm extends MikroORM {}

/** Entities as an app lists them, also `as const`. */
export type EntityList = readonly (string | EntityClass<AnyEntity> | EntitySchema)[];

/** The app's ORM. */
export type AppORM = MikroORM<IDatabaseDriver, EntityManager, EntityList>;

/** The option `entities` of `createDurin`. */
export interface EntitySet<TUser extends object, TClient extends DurinClient> {
  User: EntityName<TUser>;
  Client: EntityName<TClient>;
  AuthToken: EntityName<DurinAuthToken<TUser, TClient>>;
  /** May be left out, because `AuthToken` refers to it. */
  TokenUse?: EntityName<DurinTokenUse>;
}

/** The same without the app's types. */
export type EntityNames = Readonly<Record<'User' | 'Client' | 'AuthToken', EntityName<object>>> & {
  readonly TokenUse?: EntityName<object>;
};

/** The app's tables, with quoted names, and the primary key of its users. */
export interface Schema {
  /**
   * Names the tokens' table among all databases: the database, its schema unless that is `public`, and the table unless it
   * has its default name. It is the same in all processes of an app, so it starts what they share outside the database.
   */
  readonly namespace: string;
  readonly platform: Platform;
  readonly tokenMeta: EntityMetadata;
  readonly clientMeta: EntityMetadata;
  readonly userMeta: EntityMetadata;
  readonly tokens: string;
  /** The quoted name of the audit's table; `null`: there is no audit. */
  readonly audit: string | null;
  /** The quoted name of the table of calls; `null`: they are not counted. */
  readonly usage: string | null;
  readonly uses: string;
  readonly clients: string;
  readonly users: string;
  /** The tables of an entity and, if it extends others, of those. */
  tablesOf(meta: EntityMetadata): string[];
  /** What to select users `u` from: their table, joined to those of entities that they extend. */
  readonly usersAsU: string;
  /** The user table's quoted key column. */
  readonly userKeyColumn: string;
  readonly userKey: EntityProperty;
  /** Returns the primary key of a user entity, or the key itself if it is given one. */
  userKeyOf(userOrKey: unknown): unknown;
  /** Converts a user entity, or its primary key, to an SQL parameter. */
  toUserKey(userOrKey: unknown): unknown;
  /** Compares primary keys by what the database stores. */
  isSameUser(one: unknown, other: unknown): boolean;
  /** Converts a raw key from the database to the value of the entity's property. */
  fromUserKey(raw: unknown): unknown;
  /** Converts a key as the database writes it. */
  fromUserKeyText(text: string): unknown;
  /** Whether users have an `isActive`: a column, or a getter. */
  readonly hasActiveFlag: boolean;
  newProjection(): Projection;
  /** The entity that this one extends. */
  baseOf(meta: EntityMetadata): EntityMetadata | undefined;
  /**
   * The condition, with a leading `and`, that a row `u` is a user: the filters and the discriminator of the entity.
   * @param tree the relations of the user that are joined
   */
  isUser(tree: PopulateTree): string;
  /** The other entities whose rows decide about that. */
  isUserDecidedBy(tree: PopulateTree): EntityMetadata[];
  /** The quoted column of a property of the user `u`. */
  userColumn(property: EntityProperty): string;
  /** Whether an entity of a flush is of another schema than the tables, so that it is another row with the same key. */
  isElsewhere(entity: object, meta: EntityMetadata): boolean;
}

/** @throws DurinUsageError if the ORM does not know one of the entities, if they do not belong together, or if a trigger is misplaced */
export function readSchema(orm: MikroORM, entities: EntityNames, filters: FilterChoices): Schema {
  const platform = orm.em.getPlatform();
  const userMeta = metadataOf(orm, entities.User, 'entities.User');
  const clientMeta = metadataOf(orm, entities.Client, 'entities.Client');
  const tokenMeta = metadataOf(orm, entities.AuthToken, 'entities.AuthToken');
  if (tokenMeta.properties['selector'] === undefined) {
    throw new DurinUsageError('entities.AuthToken must come from defineDurinEntities');
  }
  const useMeta = tokenMeta.properties['use']?.targetMeta;
  if (useMeta === undefined) throw new DurinUsageError('entities.AuthToken must come from defineDurinEntities');
  if (
    entities.TokenUse !== undefined &&
    metadataOf(orm, entities.TokenUse, 'entities.TokenUse').class !== useMeta.class
  ) {
    throw new DurinUsageError('entities.TokenUse and entities.AuthToken must come from one defineDurinEntities');
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
  if (userMeta.schema === '*') {
    throw new DurinUsageError(
      `entities.User must be in one schema, and ${userMeta.className} has schema '*': a key would be a different user in ` +
        "each. Leave the entity's schema out, and create one MikroORM, with its option schema, and one durin per schema",
    );
  }
  refuseUnplacedTriggers(orm, tokenMeta);
  const auditMeta = findAudit(orm, tokenMeta);
  const usageMeta = findBeside(orm, tokenMeta, 'Usage');
  const check = createSchemaCheck(orm);
  const readKey = propertyConverter(userKey, platform) ?? ((raw: unknown) => raw);
  function userKeyOf(userOrKey: unknown): unknown {
    const isEntity = typeof userOrKey === 'object' && userOrKey !== null && userKey.name in userOrKey;
    const key: unknown = isEntity ? (userOrKey as Record<string, unknown>)[userKey.name] : userOrKey;
    if (!isKey(key)) {
      throw new DurinUsageError(`user must be a ${userMeta.className} that is stored, or its ${userKey.name}`);
    }
    if (isEntity) check.refuseOther(userOrKey, userMeta);
    return key;
  }
  function toUserKey(userOrKey: unknown): unknown {
    const key = userKeyOf(userOrKey);
    return userKey.customType?.convertToDatabaseValue(key, platform) ?? key;
  }
  const tables = createTables(platform, orm.config.get('schema'));
  const conditions = createRowConditions(orm, filters);
  const baseOf = ({ extends: base }: EntityMetadata) => (base ? orm.getMetadata().find(base) : undefined);

  return {
    namespace: namespaceOf(orm, tokenMeta),
    platform,
    tokenMeta,
    clientMeta,
    userMeta,
    tokens: tables.tableOf(tokenMeta),
    audit: auditMeta && tables.tableOf(auditMeta),
    usage: usageMeta && tables.tableOf(usageMeta),
    uses: tables.tableOf(useMeta),
    clients: tables.tableOf(clientMeta),
    users: tables.tableOf(userMeta),
    tablesOf: tables.tablesOf,
    usersAsU: tables.sourceOf(userMeta, 'u'),
    userKey,
    userKeyColumn: platform.quoteIdentifier(userKey.fieldNames[0] ?? ''),
    fromUserKey: readKey,
    fromUserKeyText: (text) => readKey(userKey.runtimeType === 'number' ? Number(text) : text),
    userKeyOf,
    toUserKey,
    isSameUser: (one, other) => areSameValues(toUserKey(one), toUserKey(other)),
    hasActiveFlag: 'isActive' in userMeta.properties || 'isActive' in userMeta.class.prototype,
    newProjection: () => new Projection({ platform, tables, conditions, baseOf }),
    baseOf,
    isUser: (tree) => conditions.ofEntity(userMeta, 'u', tree),
    isUserDecidedBy: (tree) => conditions.decidedBy(userMeta, tree),
    userColumn: (property) => tables.columnOf(userMeta, property, 'u'),
    isElsewhere: check.isOther,
  };
}

function namespaceOf(orm: MikroORM, tokenMeta: EntityMetadata): string {
  const ownSchema = tokenMeta.schema === '*' ? undefined : tokenMeta.schema;
  const schema = ownSchema ?? orm.config.get('schema');
  const isDefault = schema === undefined || schema === orm.em.getPlatform().getDefaultSchemaName();
  const database = [orm.config.get('dbName'), isDefault ? '' : schema].filter(Boolean).join('.');
  return tokenMeta.tableName === defaultTokenTable ? database : `${database}:${tokenMeta.tableName}`;
}

function metadataOf(orm: MikroORM, entity: EntityName<object>, option: string): EntityMetadata {
  const meta = orm.getMetadata().find(entity);
  // For a name such as 'toString', `find` returns the method that every object inherits.
  if (meta?.properties === undefined) throw new DurinUsageError(`${option} must be one of the entities of orm`);
  refuseSecondDefinition(orm, meta, option);
  return meta; // `EntityMetadata` is invariant
}

/** MikroORM also describes an entity that it does not know. After a hot reload that is a second definition of one it does. */
function refuseSecondDefinition(orm: MikroORM, meta: EntityMetadata, option: string): void {
  const known = [...orm.getMetadata().getAll().values()];
  if (known.some(({ class: knownClass }) => knownClass === meta.class)) return;
  if (!known.some(({ className }) => className === meta.className)) return;
  throw new DurinUsageError(
    `${option} is not the ${meta.className} that orm was created with: the module that defines it was evaluated twice, ` +
      'as hot reload does. Create orm and durin from one evaluation of it, for example on globalThis, and restart after ' +
      'you edit entities',
  );
}

/** A value of another type may be converted to the key of another user: PostgreSQL takes `true` for 1. */
function isKey(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'bigint' || Number.isFinite(value);
}
