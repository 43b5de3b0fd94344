import type { EntityMetadata, EntityProperty, Platform } from '@mikro-orm/core';

/** Names tables and columns in statements. An entity in table-per-type inheritance has a table per class. */
export interface Tables {
  /** The quoted name of the entity's own table. */
  tableOf(meta: EntityMetadata): string;
  /** The quoted names of the entity's own table and of its parents'. */
  tablesOf(meta: EntityMetadata): string[];
  /** What to select the entity from: its table, joined to those of its parents, if it has any. */
  sourceOf(meta: EntityMetadata, alias: string): string;
  /** The quoted column of a property, in the entity's table or in a parent's. */
  columnOf(meta: EntityMetadata, property: EntityProperty, alias: string, index?: number): string;
  /** The alias of the table that has the property. */
  aliasOf(meta: EntityMetadata, property: EntityProperty, alias: string): string;
}

export function createTables(platform: Platform, defaultSchema: string | undefined): Tables {
  const quote = (name: string | undefined) => platform.quoteIdentifier(name ?? '');

  function tableOf(meta: EntityMetadata): string {
    const schema = meta.schema === '*' ? defaultSchema : (meta.schema ?? defaultSchema);
    return schema ? `${quote(schema)}.${quote(meta.tableName)}` : quote(meta.tableName);
  }

  return {
    tableOf,
    tablesOf: (meta) => lineageOf(meta).map(tableOf),

    sourceOf(meta, alias) {
      const [own, ...parents] = lineageOf(meta);
      if (own === undefined || parents.length === 0) return `${tableOf(meta)} ${alias}`;
      const joins = parents.map((parent, index) => {
        const parentAlias = parentAliasOf(alias, index + 1);
        const keys = own.getPrimaryProps().flatMap((key) => key.fieldNames);
        const parentKeys = parent.getPrimaryProps().flatMap((key) => key.fieldNames);
        const isSame = keys.map((key, place) => `${parentAlias}.${quote(parentKeys[place])} = ${alias}.${quote(key)}`);
        return `join ${tableOf(parent)} ${parentAlias} on ${isSame.join(' and ')}`;
      });
      return `(${tableOf(meta)} ${alias} ${joins.join(' ')})`;
    },

    aliasOf,
    columnOf: (meta, property, alias, index = 0) =>
      `${aliasOf(meta, property, alias)}.${quote(property.fieldNames[index])}`,
  };
}

/** Each table has the key, and the properties that no parent has. */
function aliasOf(meta: EntityMetadata, property: EntityProperty, alias: string): string {
  if (property.primary) return alias;
  const generation = lineageOf(meta).findLastIndex(({ properties }) => properties[property.name] !== undefined);
  return parentAliasOf(alias, Math.max(generation, 0));
}

/** The entity and, in table-per-type inheritance, its parents. */
function lineageOf(meta: EntityMetadata): EntityMetadata[] {
  return meta.tptParent === undefined ? [meta] : [meta, ...lineageOf(meta.tptParent)];
}

/** The alias of the table of a parent so many generations up. */
function parentAliasOf(alias: string, generation: number): string {
  return generation === 0 ? alias : `${alias}_p${generation}`;
}
