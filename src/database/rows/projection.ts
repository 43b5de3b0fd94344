import { type EntityMetadata, type EntityProperty, type Platform, ReferenceKind } from '@mikro-orm/core';
import { readEmbeddedJson, selectEmbeddedJson } from './embedded-json.ts';
import { epochOf, toInstant } from './instants.ts';
import { isVisible } from './is-visible.ts';
import type { PopulateTree } from './populate-tree.ts';
import { primaryKeyOf } from './primary-key.ts';
import { propertyConverter } from './property-converter.ts';
import type { Row } from './row.ts';

type Read = (row: Row) => unknown;

/**
 * Collects the columns and joins of one SELECT. Each `add` returns the function that reads its value from a row. Values are
 * converted as MikroORM converts them. The converters are resolved once, when a column is added, since rows are read on
 * every request.
 */
export class Projection {
  readonly #platform: Platform;
  readonly #schema: string | undefined;
  /** Column names by expression, so that an expression is selected once. */
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

  /** The entities of the relations that were joined. */
  get related(): ReadonlySet<EntityMetadata> {
    return this.#related;
  }

  tableOf(meta: EntityMetadata): string {
    const schema = meta.schema === '*' ? this.#schema : (meta.schema ?? this.#schema);
    const table = this.#platform.quoteIdentifier(meta.tableName);
    return schema ? `${this.#platform.quoteIdentifier(schema)}.${table}` : table;
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
   * Adds the visible columns of an entity: none that are hidden, lazy or computed. Reads a frozen object, or `null` if the
   * join found no row.
   * @param tree the relations of the entity to join
   * @param only restricts the columns further. Default: all visible ones
   */
  addEntity(
    meta: EntityMetadata,
    alias: string,
    tree: PopulateTree,
    only?: (property: EntityProperty) => boolean,
  ): (row: Row) => object | null {
    const primary = primaryKeyOf(meta);
    const visible = meta.props.filter(
      (property) =>
        property.embedded === undefined && // a part of an embedded object is read with that object
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
      const read = this.add(selectEmbeddedJson(column, property, this.#platform));
      return (row) => readEmbeddedJson(read(row), property, this.#platform);
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
    const convert = propertyConverter(property, this.#platform);
    return convert === undefined ? read : (row) => convert(read(row));
  }

  #quoted(alias: string, column: string | undefined): string {
    return `${alias}.${this.#platform.quoteIdentifier(column ?? '')}`;
  }
}
