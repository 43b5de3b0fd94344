import { type EntityProperty, type Platform, ReferenceKind } from '@mikro-orm/core';

/** A property of an object that is kept as JSON, and the key under which it lies there. */
interface JsonField {
  readonly name: string;
  readonly key: string;
  readonly property: EntityProperty;
}

/** What sessions show of an embedded object that is kept as JSON: not what is marked hidden or lazy. */
export function visibleFieldsOf(embedded: EntityProperty): JsonField[] {
  return Object.entries(embedded.embeddedProps)
    .filter(([, { hidden, lazy }]) => !hidden && !lazy)
    .map(([name, property]) => ({ name, key: property.fieldNames[0] ?? name, property }));
}

/**
 * The SQL that asks for no more of such an object, or list of objects, than is shown: what is hidden stays in the database.
 * @param json an expression of type jsonb
 * @param depth in how many others it lies, for names that do not meet
 */
export function visibleJson(json: string, embedded: EntityProperty, platform: Platform, depth = 0): string {
  if (!embedded.array) return visibleObject(json, embedded, platform, depth);
  const item = `item_${depth}`;
  const items = `jsonb_array_elements(${json}) with ordinality as ${item}(value, place)`;
  const visible = visibleObject(`${item}.value`, embedded, platform, depth);
  return (
    `case jsonb_typeof(${json}) when 'array' then ` +
    `(select coalesce(jsonb_agg(${visible} order by ${item}.place), '[]') from ${items}) end`
  );
}

function visibleObject(json: string, embedded: EntityProperty, platform: Platform, depth: number): string {
  const field = `field_${depth}`;
  const shown = visibleFieldsOf(embedded);
  const keys = shown.map(({ key }) => platform.quoteValue(key)).join(', ');
  const nested = shown
    .filter(({ property }) => property.kind === ReferenceKind.EMBEDDED)
    .map(({ property, key }) => {
      const inner = visibleJson(`${field}.value`, property, platform, depth + 1);
      return `when ${platform.quoteValue(key)} then ${inner}`;
    });
  const value =
    nested.length === 0 ? `${field}.value` : `case ${field}.key ${nested.join(' ')} else ${field}.value end`;
  return (
    `case jsonb_typeof(${json}) when 'object' then (select coalesce(jsonb_object_agg(${field}.key, ${value}), '{}') ` +
    `from jsonb_each(${json}) as ${field}(key, value) where ${field}.key in (${keys || 'null'})) end`
  );
}
