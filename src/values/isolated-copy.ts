/**
 * Protects a shared value from the request it is handed to, without copying more than necessary. Dates and byte arrays
 * cannot be frozen, so they are copied, and so is every array and plain object that contains one; those copies are
 * frozen. Everything else is returned as it is, including instances of the app's own classes.
 */
export function isolatedCopy<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Date) return new Date(value) as T;
  if (value instanceof Uint8Array) return Uint8Array.prototype.slice.call(value) as T; // Buffer's slice shares memory
  const isArray = Array.isArray(value);
  if (!isArray && value.constructor !== Object) return value;
  const shared = value as Record<string, unknown>;
  let copy: Record<string, unknown> | null = null;
  for (const key in shared) {
    const isolated = isolatedCopy(shared[key]);
    if (isolated === shared[key]) continue;
    copy ??= (isArray ? [...value] : Object.defineProperties({ ...shared }, gettersOf(shared))) as Record<
      string,
      unknown
    >;
    copy[key] = isolated;
  }
  return copy === null ? value : (Object.freeze(copy) as T);
}

/** The getters of an object that are not enumerable, as those of an entity's class are. A spread leaves them out. */
export function gettersOf(value: object): PropertyDescriptorMap {
  const descriptors = Object.entries(Object.getOwnPropertyDescriptors(value));
  return Object.fromEntries(descriptors.filter(([, { enumerable, get }]) => enumerable === false && get !== undefined));
}
