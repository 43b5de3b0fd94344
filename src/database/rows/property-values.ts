import { isDeepStrictEqual } from 'node:util';
import type { ChangeSet, Platform } from '@mikro-orm/core';

/** The value of an entity's property, or of the reference that a lazy one may be; `undefined` if it is not loaded. */
export function loadedValueOf(entity: object, name: string): unknown {
  const value: unknown = Reflect.get(entity, name);
  if (!isLazyReference(value)) return value;
  return value.isInitialized() ? value.unwrap() : undefined;
}

/** Compares values of properties. Bytes are compared by content, whatever class a driver or the app uses for them. */
export function areSameValues(one: unknown, other: unknown): boolean {
  return isDeepStrictEqual(comparable(one), comparable(other));
}

/**
 * Whether a flush changes the property. An encrypting type stores the same value differently each time, so MikroORM alone
 * finds that it has changed at every flush.
 */
export function isChanged(name: string, change: ChangeSet<object>, platform: Platform): boolean {
  if (!(name in change.payload)) return false;
  const type = change.meta.props.find((property) => property.name === name)?.customType;
  const original: unknown = Reflect.get(change.originalEntity ?? {}, name);
  if (original === undefined) return true;
  const before: unknown = type && original !== null ? type.convertToJSValue(original, platform) : original;
  return !areSameValues(before, loadedValueOf(change.entity, name));
}

function comparable(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value) : value;
}

function isLazyReference(value: unknown): value is { isInitialized(): boolean; unwrap(): unknown } {
  return typeof value === 'object' && value !== null && 'isInitialized' in value && 'unwrap' in value;
}
