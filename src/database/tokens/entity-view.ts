import { type EntityMetadata, type EntityProperty, Reference, ReferenceKind, Utils, wrap } from '@mikro-orm/core';
import { DurinUsageError } from '../../errors.ts';
import { embeddedFields } from '../rows/embedded-fields.ts';
import { gettersOf } from '../rows/getters.ts';
import { isVisible, ownProperties } from '../rows/is-visible.ts';
import type { PopulateTree } from '../rows/populate-tree.ts';
import { loadedValueOf } from '../rows/property-values.ts';

/**
 * Shows an entity as a look-up would read it from the database: its visible properties, with `null` for what it lacks, its
 * getters, and the relations of the tree. A plain object with the same properties does as well.
 * @param base the entity that this one extends
 * @throws DurinUsageError naming a relation of the tree that is given as a key
 */
export function viewEntity(
  meta: EntityMetadata,
  base: EntityMetadata | undefined,
  entity: object,
  tree: PopulateTree,
): object {
  const visible = ownProperties(meta, base).filter(
    (property) =>
      property.embedded === undefined && // a part of an embedded object is shown with that object
      (isVisible(property) || (property.name in tree && !property.hidden)),
  );
  const values = visible.map((property) => [property.name, valueOf(property, meta, entity, tree)] as const);
  const view = Object.fromEntries(values);
  return Object.freeze(Object.defineProperties(view, gettersOf(meta, tree)));
}

function valueOf(property: EntityProperty, meta: EntityMetadata, entity: object, tree: PopulateTree): unknown {
  const target = property.targetMeta;
  if (property.kind === ReferenceKind.EMBEDDED) return embeddedValue(property, loadedValueOf(entity, property.name));
  if (target === undefined) return loadedValueOf(entity, property.name) ?? null;
  const related: unknown = Reference.unwrapReference(Reflect.get(entity, property.name) ?? null);
  const subtree = tree[property.name];
  if (related === null) return null;
  if (subtree === undefined) return isObject(related) ? keyOf(property, related) : related;
  if (isObject(related)) return viewEntity(target, undefined, related, subtree);
  throw new DurinUsageError(
    `user: ${meta.className}.${property.name} must be a ${target.className} and not its key, since populate names it`,
  );
}

/** A value if the key has one column, else an object. */
function keyOf({ targetMeta: meta, polymorphic }: EntityProperty, entity: object): unknown {
  if (meta === undefined) return null;
  if (polymorphic && Utils.isEntity(entity)) return wrap(entity, true).getPrimaryKey(); // of a class that only it knows
  const [only, ...more] = meta.getPrimaryProps();
  if (only !== undefined && more.length === 0) return loadedValueOf(entity, only.name) ?? null;
  return Object.freeze(
    Object.fromEntries(meta.getPrimaryProps().map(({ name }) => [name, loadedValueOf(entity, name) ?? null])),
  );
}

function embeddedValue(property: EntityProperty, value: unknown): unknown {
  if (Array.isArray(value)) return Object.freeze(value.map((item) => embeddedValue(property, item)));
  if (!isObject(value)) return null;
  const fields = embeddedFields(property);
  const entries = fields.all.map(({ name, property: field }) => {
    const inner = loadedValueOf(value, name);
    return [name, field.kind === ReferenceKind.EMBEDDED ? embeddedValue(field, inner) : (inner ?? null)] as const;
  });
  return Object.freeze(Object.fromEntries(fields.ofValue(entries)));
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
