/** Values of which there is one, as a rule: a Set takes 200 bytes, however little it holds. `null`: none. */
export type OneOrMany<T extends object> = T | ReadonlySet<T> | null;

export function withValue<T extends object>(values: OneOrMany<T>, value: T): OneOrMany<T> {
  if (values === null) return value;
  return values instanceof Set ? values.add(value) : new Set([values as T, value]);
}

export function withoutValue<T extends object>(values: OneOrMany<T>, value: T): OneOrMany<T> {
  if (!(values instanceof Set)) return values === value ? null : values;
  values.delete(value);
  return values.size === 0 ? null : values;
}

export function hasValue<T extends object>(values: OneOrMany<T>, value: T): boolean {
  return values instanceof Set ? values.has(value) : values === value;
}

/** The values as they are now, in the order in which they were added. */
export function listOf<T extends object>(values: OneOrMany<T>): readonly T[] {
  if (values === null) return [];
  return values instanceof Set ? [...values] : [values as T];
}
