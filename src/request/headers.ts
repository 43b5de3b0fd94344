/** Request headers as adapters pass them: `Headers`, or an object whose names may be in any case. */
export type HeaderSource = Pick<Headers, 'get'> | Readonly<Record<string, unknown>>;

/** @param source the adapter's request or event */
export function headersOf(source: unknown): HeaderSource | undefined {
  return propertyOf(source, 'headers') as HeaderSource | undefined;
}

/**
 * Reads a header of either kind of source.
 * @param name in lower case
 */
export function readHeader(headers: HeaderSource | undefined, name: string): string | null {
  if (typeof headers !== 'object' || headers === null) return null;
  if (typeof headers.get === 'function') return textOf((headers as Pick<Headers, 'get'>).get(name));
  return textOf(valueOf(headers, name));
}

/**
 * The value of an object's property whose name may be in any case, as a header's name.
 * @param name in lower case
 */
export function valueOf(record: unknown, name: string): unknown {
  const exact = propertyOf(record, name);
  if (exact !== undefined || typeof record !== 'object' || record === null) return exact;
  const key = Object.keys(record).find((candidate) => candidate.toLowerCase() === name);
  return key === undefined ? undefined : propertyOf(record, key);
}

/** Headers that hold credentials, in lower case. The app does not see them through durin. */
export const credentialHeaders: ReadonlySet<string> = new Set(['authorization', 'cookie', 'proxy-authorization']);

/** Whether a header may have this name (RFC 9110, 5.1). */
export function isHeaderName(name: string): boolean {
  return /^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}$/.test(name);
}

export function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

/** The string, or the first one of an array, as Node passes repeated headers. */
export function textOf(value: unknown): string | null {
  if (Array.isArray(value)) return textOf(value[0]);
  return typeof value === 'string' ? value : null;
}
