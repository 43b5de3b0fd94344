import type { EntityMetadata, EntityProperty } from '@mikro-orm/core';
import { DurinUsageError } from '../../errors.ts';

/**
 * Returns the property of the primary key, which may be a relation.
 * @throws DurinUsageError if the key has more than one column
 */
export function primaryKeyOf(meta: EntityMetadata): EntityProperty {
  const [primary, ...more] = meta.getPrimaryProps();
  if (primary === undefined || more.length > 0 || primary.fieldNames.length !== 1) {
    throw new DurinUsageError(`${meta.className} must have a primary key of a single column`);
  }
  return primary;
}
