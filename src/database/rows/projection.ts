import { type EntityMetadata, type EntityProperty, type Platform, ReferenceKind } from '@mikro-orm/core';
import { DurinUsageError } from '../../errors.ts';
import { embeddedFields } from './embedded-fields.ts';
import { readEmbeddedJson, selectEmbeddedJson } from './embedded-json.ts';
import { formulaOf } from './formula.ts';
import { gettersOf } from './getters.ts';
import { epochOf, toInstant } from './instants.ts';
import { isVisible, ownProperties } from './is-visible.ts';
import type { PopulateTree } from './populate-tree.ts';
import { propertyConverter } from './property-converter.ts';
import type { Row } from './row.ts';
import type { RowConditions } from './row-conditions.ts';
import type { Tables } from './tables.ts';

type Read = (row: Row) => unknown;

/** Where the columns of an entity are: the alias of its table, and the relations to join. */
interface Place {
  readonly meta: EntityMetadata;
  readonly alias: string;
  readonly tree: PopulateTree;
}

export interface ProjectionDeps {
  readonly platform: Platform;
  readonly tables: Tables;
  readonly conditions: RowConditions;
  /** The entity that this one extends. */
  readonly baseOf: (meta: EntityMetadata) => EntityMetadata | undefined;
}

/**
 * Collects the columns and joins of one SELECT. Each `add` returns the function that reads its value from a row. Values are
 * converted as MikroORM converts them. The converters are resolved once, when a column is added, because rows are read on
 * every request.
 */
export class Projection {
  readonly #deps: ProjectionDeps;
  /** Column names by expression, so that an expression is selected once. */
  readonly #columns = new Map<string, string>();
  readonly #joins: string[] = [];
  readonly #related = new Set<EntityMetadata>();

  constructor(deps: ProjectionDeps) {
    this.#deps = deps;
  }

  get columns(): string {
    return [...this.#columns].map(([expression, key]) => `${expression} as ${key}`).join(', ');
  }

  get joins(): string {
    return this.#joins.join(' ');
  }

  /** The entities of the relations that were joined. */
  get related(): ReadonlySet<EntityMetadata> {
    return this.#related;
  }

  /** Adds an SQL expression. */
  add(expression: string): Read {
    const key = this.#columns.get(expression) ?? `c${this.#columns.size}`;
    this.#columns.set(expression, key);
    return (row) => row[key];
  }

  /** Adds an SQL expression of type timestamptz. */
  addInstant(expression: string): (row: Row) => Date | null {
    const read = this.add(epochOf(expression));
    return (row) => toInstant(read(row));
  }

  /**
   * Adds the visible properties of an entity, none that are hidden, lazy or not stored, and its getters. Reads a frozen object, or `null` if
   * the join found no row.
   * @param tree the relations of the entity to join
   * @param only restricts the properties further. Default: all visible ones
   */
  addEntity(
    meta: EntityMetadata,
    alias: string,
    tree: PopulateTree,
    only?: (property: EntityProperty) => boolean,
  ): (row: Row) => object | null {
    const place = { meta, alias, tree };
    const visible = ownProperties(meta, this.#deps.baseOf(meta)).filter(
      (property) =>
        property.embedded === undefined && // a part of an embedded object is read with that object
        (isVisible(property) || (property.name in tree && !property.hidden)) &&
        (only?.(property) ?? true),
    );
    const fields = visible.map((property) => [property.name, this.#addProperty(property, place)] as const);
    const [primary] = meta.getPrimaryProps();
    const readPrimary = this.add(this.#deps.tables.columnOf(meta, primary as EntityProperty, alias));
    const isWhole = only === undefined || meta.props.every(only);
    const getters = isWhole ? gettersOf(meta, tree) : {};
    const hasGetters = Object.keys(getters).length > 0;
    return (row) => {
      if (readPrimary(row) === null) return null;
      const plain: Record<string, unknown> = {};
      for (const [name, read] of fields) plain[name] = read(row);
      if (hasGetters) Object.defineProperties(plain, getters);
      return Object.freeze(plain);
    };
  }

  #addProperty(property: EntityProperty, place: Place): Read {
    if (property.kind === ReferenceKind.EMBEDDED) return this.#addEmbedded(property, place);
    if (property.targetMeta === undefined) return this.#addColumn(property, place);
    const subtree = place.tree[property.name];
    if (subtree !== undefined) return this.#addRelation(property, place, subtree);
    return property.polymorphic ? this.#addPolymorphicKey(property, place) : this.#addKey(property, place);
  }

  #addRelation(property: EntityProperty, place: Place, subtree: PopulateTree): Read {
    const target = property.targetMeta as EntityMetadata;
    return this.addEntity(target, this.#join(property, place, subtree), subtree);
  }

  /** Joins the target of a relation, and returns its alias. */
  #join(property: EntityProperty, { meta, alias }: Place, subtree: PopulateTree): string {
    const { tables, conditions, platform } = this.#deps;
    const target = property.targetMeta as EntityMetadata;
    this.#related.add(target);
    const joined = `${alias}_${this.#joins.length}`;
    const referenced = (owner: EntityMetadata, at: string) =>
      property.referencedColumnNames.map((column) => {
        const key = owner.props.find(({ fieldNames }) => fieldNames?.length === 1 && fieldNames[0] === column);
        return key ? tables.columnOf(owner, key, at) : `${at}.${platform.quoteIdentifier(column)}`;
      });
    const owned = (owner: EntityMetadata, relation: EntityProperty, at: string) =>
      relation.fieldNames.map((_, index) => tables.columnOf(owner, relation, at, index));
    const inverse = target.properties[property.mappedBy];
    const [ours, theirs] =
      property.owner || inverse === undefined
        ? [owned(meta, property, alias), referenced(target, joined)]
        : [referenced(meta, alias), owned(target, inverse, joined)];
    const isSame = ours.map((column, index) => `${theirs[index]} = ${column}`).join(' and ');
    const condition = conditions.ofTarget(property, joined, subtree);
    this.#joins.push(`left join ${tables.sourceOf(target, joined)} on ${isSame}${condition}`);
    return joined;
  }

  /** Adds the key of a relation that is not joined: a value, or an object if it has several columns. */
  #addKey(property: EntityProperty, place: Place): Read {
    const { tables, platform, conditions } = this.#deps;
    const target = property.targetMeta as EntityMetadata;
    const { meta, alias } = place;
    const isJoined = conditions.hidesUnjoined(property);
    const joined = isJoined ? this.#join(property, place, {}) : null;
    const keyParts = target.getPrimaryProps().flatMap((key) => key.fieldNames.map((column) => ({ key, column })));
    const parts = property.referencedColumnNames.map((column, index) => {
      const part = keyParts.find((candidate) => candidate.column === column);
      const expression =
        joined === null
          ? tables.columnOf(meta, property, alias, index)
          : `${joined}.${platform.quoteIdentifier(column)}`;
      const key = part?.key ?? target.props.find(({ fieldNames }) => fieldNames?.[0] === column);
      const read = this.add(expression);
      const convert = key && propertyConverter(key, platform);
      return { name: key?.name ?? column, read: convert ? (row: Row) => convert(read(row)) : read };
    });
    const [only, ...more] = parts;
    if (only !== undefined && more.length === 0) return only.read;
    if (new Set(parts.map(({ name }) => name)).size < parts.length) {
      throw new DurinUsageError(
        `entities.User: ${meta.className}.${property.name} must be hidden, because the key of ${target.className} contains a key of several columns`,
      );
    }
    return (row) => {
      const values = parts.map(({ name, read }) => [name, read(row)] as const);
      if (values.some(([, value]) => value === null)) return null;
      return Object.freeze(property.mapToPk ? values.map(([, value]) => value) : Object.fromEntries(values));
    };
  }

  /** Adds the key of a relation to one of several entities. The column before it names the entity. */
  #addPolymorphicKey(property: EntityProperty, { meta, alias }: Place): Read {
    const { tables, platform } = this.#deps;
    const read = this.add(tables.columnOf(meta, property, alias, property.fieldNames.length - 1));
    const convert = propertyConverter(property, platform);
    return convert === undefined ? read : (row) => convert(read(row));
  }

  #addEmbedded(property: EntityProperty, place: Place): Read {
    const { tables, platform } = this.#deps;
    if (property.object || property.array) {
      const column = `${tables.columnOf(place.meta, property, place.alias)}::jsonb`;
      const read = this.add(selectEmbeddedJson(column, property, platform));
      return (row) => readEmbeddedJson(read(row), property, platform);
    }
    const fields = embeddedFields(property);
    const readers = fields.all.map(
      ({ name, property: field }) => [name, this.#addProperty(field, { ...place, tree: {} })] as const,
    );
    return (row) => {
      const entries = readers.map(([name, read]) => [name, read(row)] as const);
      const isAbsent = property.nullable && entries.every(([, value]) => value === null);
      return isAbsent ? null : Object.freeze(Object.fromEntries(fields.ofValue(entries)));
    };
  }

  #addColumn(property: EntityProperty, { meta, alias }: Place): Read {
    const { tables, platform } = this.#deps;
    const column = property.formula
      ? formulaOf(property, meta, alias, tables, platform)
      : tables.columnOf(meta, property, alias);
    const read = this.add(property.customType?.convertToJSValueSQL?.(column, platform) ?? column);
    const convert = propertyConverter(property, platform);
    return convert === undefined ? read : (row) => convert(read(row));
  }
}
