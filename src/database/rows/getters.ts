import { type EntityMetadata, ReferenceKind } from '@mikro-orm/core';
import { DurinUsageError } from '../../errors.ts';
import type { PopulateTree } from './populate-tree.ts';

/**
 * The getters of an entity's class, to define on plain objects of its values. They are computed when they are read, and are not
 * enumerable: copying or serializing an object does not run them.
 * @param tree the relations that are joined: a getter sees these as objects, and cannot see others
 */
export function gettersOf(meta: EntityMetadata, tree: PopulateTree): PropertyDescriptorMap {
  const getters: PropertyDescriptorMap = {};
  for (const [name, get] of accessorsOf(meta.class.prototype as object)) {
    const property = meta.properties[name];
    if (name.startsWith('__') || (property !== undefined && (property.persist !== false || property.hidden))) continue;
    getters[name] ??= {
      get(this: object) {
        return Reflect.apply(get, entityView(this, meta, tree, name), []);
      },
    };
  }
  return getters;
}

/** From the class to those that it extends. */
function accessorsOf(prototype: object | null): [name: string, get: () => unknown][] {
  if (prototype === null || prototype === Object.prototype) return [];
  const own = Object.entries(Object.getOwnPropertyDescriptors(prototype)).flatMap(
    ([name, { get }]): [string, () => unknown][] => (get === undefined ? [] : [[name, get]]),
  );
  return [...own, ...accessorsOf(Object.getPrototypeOf(prototype) as object | null)];
}

/** What a getter sees as `this`: the values, and the methods of the class. What was not read throws, so that no value is wrong. */
function entityView(values: object, meta: EntityMetadata, tree: PopulateTree, getter: string): object {
  return new Proxy(values, {
    get(target, key, receiver): unknown {
      const property = typeof key === 'string' ? meta.properties[key] : undefined;
      if (property !== undefined) {
        const isKey = property.kind !== ReferenceKind.SCALAR && property.kind !== ReferenceKind.EMBEDDED;
        const isRead = isKey ? property.name in tree : property.persist === false || Object.hasOwn(target, key);
        if (!isRead) {
          throw new DurinUsageError(
            `${meta.className}.${getter} reads ${property.name}, which look-ups do not read: hidden and lazy columns, and relations that populate does not name`,
          );
        }
      }
      return Object.hasOwn(target, key) ? Reflect.get(target, key) : Reflect.get(meta.class.prototype, key, receiver);
    },
  });
}
