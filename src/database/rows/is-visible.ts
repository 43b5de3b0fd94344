import { type EntityMetadata, type EntityProperty, ReferenceKind } from '@mikro-orm/core';

/**
 * Whether sessions show the property: it is a column, a formula or an owned relation, and neither hidden nor lazy. A scalar
 * reference is not shown, because its type is the same as that of a lazy one.
 */
export function isVisible(property: EntityProperty): boolean {
  const isStored = property.persist !== false || property.formula !== undefined;
  const isInverse = property.kind === ReferenceKind.ONE_TO_ONE && !property.owner;
  const isCollection = property.kind === ReferenceKind.ONE_TO_MANY || property.kind === ReferenceKind.MANY_TO_MANY;
  const isReference = property.kind === ReferenceKind.SCALAR && property.ref === true;
  return isStored && !isReference && !property.hidden && !property.lazy && !isCollection && !isInverse;
}

/**
 * The properties that the entity's class has. In single-table inheritance, MikroORM's metadata of the root also
 * contains those of the classes that extend it, because they share its table.
 */
export function ownProperties(meta: EntityMetadata, base: EntityMetadata | undefined): EntityProperty[] {
  const isRootOfTable = meta.root === meta && meta.inheritanceType === 'sti';
  if (!isRootOfTable) return meta.props;
  return meta.props.filter(({ name, inherited }) => !inherited || base?.properties[name] !== undefined);
}
