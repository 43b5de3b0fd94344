import type { AdminCaller } from '../admin-caller.ts';

/** The names of all members with dates in what the procedures return. */
type DateName<T> = T extends Date
  ? never
  : T extends (...args: never) => Promise<infer TOutput>
    ? DateName<TOutput>
    : T extends readonly (infer TItem)[]
      ? DateName<TItem>
      : T extends object
        ? { [K in keyof T & string]: Extract<T[K], Date> extends never ? DateName<T[K]> : K }[keyof T & string]
        : never;

/** The compiler refuses a list that leaves one out. */
const dateNames = {
  at: true,
  created: true,
  expiry: true,
  lastUsedAt: true,
  since: true,
} satisfies Record<DateName<AdminCaller>, true>;

/** As JSON has a date. */
const instant = /^[+-]?\d{4,6}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/;

/** Turns the dates in an answer, which JSON has as strings, into dates again. */
export function reviveDates(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reviveDates);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).map(([name, inner]) => [
    name,
    isDate(name, inner) ? new Date(inner) : reviveDates(inner),
  ]);
  return Object.fromEntries(entries);
}

function isDate(name: string, value: unknown): value is string {
  return Object.hasOwn(dateNames, name) && typeof value === 'string' && instant.test(value);
}
