import type { Schema } from '../schema.ts';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const wholeNumber = /^-?\d{1,19}$/;
const number = /^-?\d{1,19}(?:\.\d{1,19})?$/;
const numericTypes = /^(?:numeric|decimal|real|double|float)/;

/** Converts a user's primary key for JSON: everything but a number becomes a string, such as the digits of a bigint. */
export function toJsonKey(key: unknown): string | number {
  return typeof key === 'number' ? key : String(key);
}

/** Converts a key from JSON to the value of the entity's property. Returns `null` if no row can have the key. */
export function fromJsonKey(given: string | number, schema: Schema): unknown {
  const [columnType = 'text'] = schema.userKey.columnTypes;
  const text = columnType === 'uuid' ? String(given).toLowerCase() : String(given); // as PostgreSQL returns it
  const key = typedKey(text, schema.userKey.runtimeType);
  return key !== null && fits(String(schema.toUserKey(key)), columnType) ? key : null;
}

function typedKey(text: string, type: string): unknown {
  if (type === 'bigint') return wholeNumber.test(text) ? BigInt(text) : null;
  if (type === 'number') return number.test(text) ? Number(text) : null;
  return text;
}

/** Whether the text is a valid value of the column. Otherwise a query would fail instead of finding no row. */
function fits(text: string, columnType: string): boolean {
  if (columnType === 'uuid') return uuid.test(text);
  if (numericTypes.test(columnType)) return number.test(text);
  const bits = integerBits(columnType);
  return bits === null || (wholeNumber.test(text) && BigInt.asIntN(bits, BigInt(text)) === BigInt(text));
}

function integerBits(columnType: string): number | null {
  const [, size] = /^(small|big)?(?:int(?:eger)?[248]?|serial[248]?)$/.exec(columnType) ?? [undefined, null];
  if (size === null) return null;
  if (size === 'small' || columnType.endsWith('2')) return 16;
  return size === 'big' || columnType.endsWith('8') ? 64 : 32;
}
