import type { EntityProperty } from '@mikro-orm/core';
import { isVisible } from './is-visible.ts';

/** A property of an embedded object. */
export interface EmbeddedField {
  readonly name: string;
  /** Its key, if the object is stored as JSON. */
  readonly key: string;
  readonly property: EntityProperty;
}

export interface EmbeddedFields {
  /** The visible fields; of a polymorphic object, those of all its classes. */
  readonly all: readonly EmbeddedField[];
  /** Selects the values that an object has: those of the class that its discriminator names. */
  ofValue<T extends readonly [name: string, value: unknown]>(entries: readonly T[]): readonly T[];
}

export function embeddedFields(embedded: EntityProperty): EmbeddedFields {
  const all = Object.entries(embedded.embeddedProps)
    .filter(([name, property]) => !property.hidden && !property.lazy && isVisible(declared(name, embedded) ?? property))
    .map(([name, property]) => ({ name, key: property.fieldNames[0] ?? name, property }));
  const { polymorphs = [], discriminatorColumn } = embedded.targetMeta ?? {};
  const namesByClass = new Map(
    polymorphs.map(({ discriminatorValue, properties }) => [
      String(discriminatorValue),
      new Set(Object.keys(properties)),
    ]),
  );
  return {
    all,
    ofValue(entries) {
      const discriminator = entries.find(([name]) => name === discriminatorColumn);
      const names = discriminator && namesByClass.get(String(discriminator[1]));
      return names === undefined ? entries : entries.filter(([name]) => names.has(name));
    },
  };
}

/** The property as its class declares it: `embeddedProps` marks what a JSON column contains as not stored. */
function declared(name: string, { targetMeta }: EntityProperty): EntityProperty | undefined {
  const metas = targetMeta === undefined ? [] : [targetMeta, ...(targetMeta.polymorphs ?? [])];
  return metas.flatMap(({ properties }) => properties[name] ?? [])[0];
}
