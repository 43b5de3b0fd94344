import { type EntityMetadata, type EntityProperty, type Platform, ReferenceKind } from '@mikro-orm/core';
import { DurinUsageError } from '../../errors.ts';
import { visibleFieldsOf, visibleJson } from './embedded-json.ts';
import { epochOf, toInstant } from './instants.ts';

/** A row as the driver gives it, its columns named `c0`, `c1`, … */
export type Row = Readonly<Record<string, unknown>>;

/** The relations to follow, as a tree: `{ organization: { owner: {} } }`. */
export interface PopulateTree {
  readonly [relation: string]: PopulateTree;
}

type Read = (row: Row) => unknown;

/**
 * Collects what one SELECT must ask for, and gives for each part the function that reads it back from a row. Values are
 * converted as MikroORM converts them, but once per property at start, not per row: this runs for every request.
 */
export class Projection {
  readonly #platform: Platform;
  readonly #schema: string | undefined;
  /** By expression: each is asked for once. */
  readonly #columns = new Map<string, string>();
  readonly #joins: string[] = [];
  readonly #related = new Set<EntityMetadata>();

  constructor(platform: Platform, schema: string | undefined) {
    this.#platform = platform;
    this.#schema = schema;
  }

  get columns(): string {
    return [...this.#columns].map(([expression, key]) => `${expression} as ${key}`).join(', ');
  }

  get joins(): string {
    return this.#joins.join(' ');
  }

  /** The entities that were joined along relations. */
  get related(): ReadonlySet<EntityMetadata> {
    return this.#related;
  }

  tableOf(meta: EntityMetadata): string {
    const schema = meta.schema === '*' ? this.#schema : (meta.schema ?? this.#schema);
    const table = this.#platform.quoteIdentifier(meta.tableName);
    return schema ? `${this.#platform.quoteIdentifier(schema)}.${table}` : table;
  }

  /** Adds an SQL expression; the function reads its value. */
  add(expression: string): Read {
    const key = this.#columns.get(expression) ?? `c${this.#columns.size}`;
    this.#columns.set(expression, key);
    return (row) => row[key];
  }

  /** Adds a timestamp. */
  addInstant(expression: string): (row: Row) => Date | null {
    const read = this.add(epochOf(expression));
    return (row) => toInstant(read(row));
  }

  /** Adds the visible columns of an entity: not those marked hidden or lazy, not computed ones. `null` where no row was joined. */
  addEntity(
    meta: EntityMetadata,
    alias: string,
    tree: PopulateTree,
    only?: (property: EntityProperty) => boolean,
  ): (row: Row) => object | null {
    const primary = primaryKeyOf(meta);
    const visible = meta.props.filter(
      (property) =>
        property.embedded === undefined && // it is read with the object that it lies in
        (isVisible(property) || (property.name in tree && !property.hidden)) &&
        (only?.(property) ?? true),
    );
    const fields = visible.map((property) => [property.name, this.#addProperty(property, alias, tree)] as const);
    const readPrimary = this.#addColumn(primary, alias);
    return (row) => {
      if (readPrimary(row) === null) return null;
      const plain: Record<string, unknown> = {};
      for (const [name, read] of fields) plain[name] = read(row);
      return Object.freeze(plain);
    };
  }

  #addProperty(property: EntityProperty, alias: string, tree: PopulateTree): Read {
    const subtree = tree[property.name];
    if (property.kind === ReferenceKind.EMBEDDED) return this.#addEmbedded(property, alias);
    if (subtree !== undefined) return this.#addRelation(property, alias, subtree);
    return this.#addColumn(property, alias);
  }

  #addRelation(property: EntityProperty, alias: string, subtree: PopulateTree): Read {
    const target = property.targetMeta as EntityMetadata;
    this.#related.add(target);
    const joined = `${alias}_${this.#joins.length}`;
    const own = (name: string | undefined) => this.#quoted(alias, name);
    const theirs = (name: string | undefined) => this.#quoted(joined, name);
    const condition = property.owner
      ? `${theirs(property.referencedColumnNames[0])} = ${own(property.fieldNames[0])}`
      : `${theirs(target.properties[property.mappedBy]?.fieldNames[0])} = ${own(property.referencedColumnNames[0])}`;
    this.#joins.push(`left join ${this.tableOf(target)} ${joined} on ${condition}`);
    return this.addEntity(target, joined, subtree);
  }

  #addEmbedded(property: EntityProperty, alias: string): Read {
    if (property.object || property.array) {
      const column = `${this.#quoted(alias, property.fieldNames[0])}::jsonb`;
      const read = this.add(visibleJson(column, property, this.#platform));
      return (row) => fromJson(read(row), property, this.#platform);
    }
    const fields = Object.entries(property.embeddedProps)
      .filter(([, child]) => isVisible(child))
      .map(([name, child]) => [name, this.#addProperty(child, alias, {})] as const);
    return (row) => {
      const entries = fields.map(([name, read]) => [name, read(row)] as const);
      const isAbsent = property.nullable && entries.every(([, value]) => value === null);
      return isAbsent ? null : Object.freeze(Object.fromEntries(entries));
    };
  }

  #addColumn(property: EntityProperty, alias: string): Read {
    const column = this.#quoted(alias, property.fieldNames[0]);
    const type = property.customType;
    const read = this.add(type?.convertToJSValueSQL?.(column, this.#platform) ?? column);
    const convert = converterOf(property, this.#platform);
    return convert === undefined ? read : (row) => convert(read(row));
  }

  #quoted(alias: string, column: string | undefined): string {
    return `${alias}.${this.#platform.quoteIdentifier(column ?? '')}`;
  }
}

/** How a column's raw value becomes the property's; `undefined`: as it is. */
export function converterOf(property: EntityProperty, platform: Platform): ((raw: unknown) => unknown) | undefined {
  if (property.targetMeta !== undefined && property.kind !== ReferenceKind.EMBEDDED) {
    return converterOf(primaryKeyOf(property.targetMeta), platform);
  }
  const type = property.customType;
  if (type) return (raw) => (raw === null ? null : frozen(type.convertToJSValue(raw, platform)));
  if (property.runtimeType === 'Date') return (raw) => (raw === null ? null : toDate(raw, platform));
  return undefined;
}

/** What JSON and arrays hold can not be changed either: who shares a session shares it. */
function frozen(value: unknown): unknown {
  const isPlain = Array.isArray(value) || (value !== null && typeof value === 'object' && value.constructor === Object);
  if (!isPlain || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value as object)) frozen(inner);
  return Object.freeze(value);
}

function toDate(raw: unknown, platform: Platform): unknown {
  if (raw instanceof Date) return raw;
  const text = String(raw);
  const timezone = platform.getTimezone();
  const isLocal =
    timezone !== undefined && timezone !== 'local' && !/(?:[+-]\d{2}(?::?\d{2})?|Z)$/.test(text.slice(10));
  return platform.parseDate(isLocal ? text + timezone : text);
}

function fromJson(raw: unknown, property: EntityProperty, platform: Platform): unknown {
  const value: unknown = typeof raw === 'string' ? JSON.parse(raw) : raw;
  if (Array.isArray(value)) return Object.freeze(value.map((item) => fromJson(item, property, platform)));
  if (value === null || typeof value !== 'object') return value;
  const stored = value as Record<string, unknown>;
  const entries = visibleFieldsOf(property).map(({ name, key, property: child }) => {
    const inner = stored[key] ?? null;
    const isNested = child.kind === ReferenceKind.EMBEDDED;
    return [
      name,
      isNested ? fromJson(inner, child, platform) : (converterOf(child, platform)?.(inner) ?? frozen(inner)),
    ];
  });
  return Object.freeze(Object.fromEntries(entries));
}

export function isVisible(property: EntityProperty): boolean {
  const isStored = property.persist !== false && property.formula === undefined;
  const isInverse = property.kind === ReferenceKind.ONE_TO_ONE && !property.owner;
  const isCollection = property.kind === ReferenceKind.ONE_TO_MANY || property.kind === ReferenceKind.MANY_TO_MANY;
  return isStored && !property.hidden && !property.lazy && !isCollection && !isInverse;
}

/**
 * The property of the primary key, which may be a relation.
 * @throws DurinUsageError where the key has more than one column
 */
export function primaryKeyOf(meta: EntityMetadata): EntityProperty {
  const [primary, ...more] = meta.getPrimaryProps();
  if (primary === undefined || more.length > 0 || primary.fieldNames.length !== 1) {
    throw new DurinUsageError(`${meta.className} must have a primary key of a single column`);
  }
  return primary;
}

/**
 * `['user', 'user.organization']` as a tree.
 * @throws DurinUsageError naming the path that leads through anything but to-one relations
 */
export function toPopulateTree(paths: readonly string[], root: EntityMetadata): PopulateTree {
  const tree: Record<string, PopulateTree> = {};
  for (const path of paths) {
    let node = tree;
    let meta = root;
    for (const name of path.split('.')) {
      const property = meta.properties[name];
      const isToOne = property?.kind === ReferenceKind.MANY_TO_ONE || property?.kind === ReferenceKind.ONE_TO_ONE;
      if (!isToOne || property.targetMeta === undefined || property.fieldNames?.length > 1) {
        throw new DurinUsageError(
          `populate: '${path}' must lead through to-one relations only, and '${name}' is none of ${meta.className}`,
        );
      }
      node = node[name] ??= {};
      meta = property.targetMeta;
    }
  }
  return tree;
}
