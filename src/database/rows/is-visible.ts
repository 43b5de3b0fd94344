import { type EntityProperty, ReferenceKind } from '@mikro-orm/core';

/** Whether sessions show the property: it is a stored column or owned relation, and neither hidden nor lazy. */
export function isVisible(property: EntityProperty): boolean {
  const isStored = property.persist !== false && property.formula === undefined;
  const isInverse = property.kind === ReferenceKind.ONE_TO_ONE && !property.owner;
  const isCollection = property.kind === ReferenceKind.ONE_TO_MANY || property.kind === ReferenceKind.MANY_TO_MANY;
  return isStored && !property.hidden && !property.lazy && !isCollection && !isInverse;
}
