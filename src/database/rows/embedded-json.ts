import { type EntityProperty, type Platform, ReferenceKind } from '@mikro-orm/core';
import { embeddedFields } from './embedded-fields.ts';
import { deepFreeze, propertyConverter } from './property-converter.ts';

/**
 * Builds the SQL that selects the visible fields of an embedded object, or list of objects, that is stored as JSON. Hidden
 * and lazy fields never leave the database.
 * @param json an expression of type jsonb
 * @param depth how many embedded objects enclose this one: it keeps the SQL aliases distinct
 */
export function selectEmbeddedJson(json: string, embedded: EntityProperty, platform: Platform, depth = 0): string {
  if (!embedded.array) return selectObject(json, embedded, platform, depth);
  const item = `item_${depth}`;
  const items = `jsonb_array_elements(${json}) with ordinality as ${item}(value, place)`;
  const visible = selectObject(`${item}.value`, embedded, platform, depth);
  return (
    `case jsonb_typeof(${json}) when 'array' then ` +
    `(select coalesce(jsonb_agg(${visible} order by ${item}.place), '[]') from ${items}) end`
  );
}

function selectObject(json: string, embedded: EntityProperty, platform: Platform, depth: number): string {
  const field = `field_${depth}`;
  const visible = embeddedFields(embedded).all;
  const keys = visible.map(({ key }) => platform.quoteValue(key)).join(', ');
  const nested = visible
    .filter(({ property }) => property.kind === ReferenceKind.EMBEDDED)
    .map(({ property, key }) => {
      const inner = selectEmbeddedJson(`${field}.value`, property, platform, depth + 1);
      return `when ${platform.quoteValue(key)} then ${inner}`;
    });
  const value =
    nested.length === 0 ? `${field}.value` : `case ${field}.key ${nested.join(' ')} else ${field}.value end`;
  return (
    `case jsonb_typeof(${json}) when 'object' then (select coalesce(jsonb_object_agg(${field}.key, ${value}), '{}') ` +
    `from jsonb_each(${json}) as ${field}(key, value) where ${field}.key in (${keys || 'null'})) end`
  );
}

/** Converts selected JSON to the entity's values. The result is frozen. */
export function readEmbeddedJson(raw: unknown, embedded: EntityProperty, platform: Platform): unknown {
  const value: unknown = typeof raw === 'string' ? JSON.parse(raw) : raw;
  if (Array.isArray(value)) return Object.freeze(value.map((item) => readEmbeddedJson(item, embedded, platform)));
  if (value === null || typeof value !== 'object') return value;
  const stored = value as Record<string, unknown>;
  const fields = embeddedFields(embedded);
  const entries = fields.all.map(({ name, key, property }) => {
    const inner = stored[key] ?? null;
    const isNested = property.kind === ReferenceKind.EMBEDDED;
    return [
      name,
      isNested
        ? readEmbeddedJson(inner, property, platform)
        : (propertyConverter(property, platform)?.(inner) ?? deepFreeze(inner)),
    ] as const;
  });
  return Object.freeze(Object.fromEntries(fields.ofValue(entries)));
}
