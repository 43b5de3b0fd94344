import { type EntityProperty, type Platform, ReferenceKind } from '@mikro-orm/core';

/** Converts a column's raw value to the value of the entity's property. */
export type PropertyConverter = (raw: unknown) => unknown;

/** Returns `undefined` if the raw value needs no conversion. A relation converts like the primary key it refers to. */
export function propertyConverter(property: EntityProperty, platform: Platform): PropertyConverter | undefined {
  if (property.targetMeta !== undefined && property.kind !== ReferenceKind.EMBEDDED) {
    const [key, ...more] = property.targetMeta.getPrimaryProps();
    return key === undefined || more.length > 0 ? undefined : propertyConverter(key, platform);
  }
  const type = property.customType;
  if (type) return (raw) => (raw === null ? null : deepFreeze(type.convertToJSValue(raw, platform)));
  if (property.runtimeType === 'Date') return (raw) => (raw === null ? null : toDate(raw, platform));
  return undefined;
}

/** Freezes plain objects and arrays with all they contain, because several requests share a session's values. */
export function deepFreeze(value: unknown): unknown {
  const isPlain = Array.isArray(value) || (value !== null && typeof value === 'object' && value.constructor === Object);
  if (!isPlain || Object.isFrozen(value)) return value;
  for (const inner of Object.values(value as object)) deepFreeze(inner);
  return Object.freeze(value);
}

/** As MikroORM: an instant that no Date can hold, such as `infinity`, is an invalid Date. */
function toDate(raw: unknown, platform: Platform): Date {
  if (raw instanceof Date) return raw;
  const text = String(raw);
  const timezone = platform.getTimezone();
  const hasZone = text.includes('+') || text.lastIndexOf('-') > 10 || text.endsWith('Z');
  const isLocal = timezone !== undefined && timezone !== 'local' && !hasZone;
  return new Date(platform.parseDate(isLocal ? text + timezone : text));
}
