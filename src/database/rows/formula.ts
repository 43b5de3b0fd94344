import { type EntityMetadata, type EntityProperty, type Platform } from '@mikro-orm/core';
import { DurinUsageError } from '../../errors.ts';
import type { Tables } from './tables.ts';

/** Returns the SQL of a property that the entity computes with a formula. */
export function formulaOf(
  property: EntityProperty,
  meta: EntityMetadata,
  alias: string,
  tables: Tables,
  platform: Platform,
): string {
  const columns = meta.createColumnMappingObject((column) => tables.aliasOf(meta, column, alias), alias);
  const table = {
    alias,
    name: meta.tableName,
    ...(meta.schema !== undefined && { schema: meta.schema }),
    qualifiedName: meta.schema === undefined ? meta.tableName : `${meta.schema}.${meta.tableName}`,
    toString: () => alias,
  };
  const formula = property.formula?.(columns, table) ?? 'null';
  const sql = typeof formula === 'string' ? formula : platform.formatQuery(formula.sql, formula.params);
  if (sql.includes('?')) {
    throw new DurinUsageError(
      `entities.User: the formula of ${meta.className}.${property.name} contains a question mark, which is not supported: make the property lazy`,
    );
  }
  return `(${sql})`;
}
