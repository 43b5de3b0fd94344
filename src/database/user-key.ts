import type { Schema } from './schema.ts';

const uuid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const wholeNumber = /^-?\d{1,19}$/;
const number = /^-?\d{1,19}(?:\.\d{1,19})?$/;
const numericTypes = /^(?:numeric|decimal|real|double|float)/;

/** A user's primary key as JSON has it: a bigint as a string of digits. */
export function toJsonKey(key: unknown): string | number {
  return typeof key === 'number' ? key : String(key);
}

/** The key that JSON has as this, as the entity has it; `null` where no row can have it. */
export function fromJsonKey(given: string | number, schema: Schema): unknown {
  const [columnType = 'text'] = schema.userKey.columnTypes;
  const text = columnType === 'uuid' ? String(given).toLowerCase() : String(given); // as PostgreSQL gives it back
  const key = typedKey(text, schema.userKey.runtimeType);
  return key !== null && fits(String(schema.toUserKey(key)), columnType) ? key : null;
}

function typedKey(text: string, type: string): unknown {
  if (type === 'bigint') return wholeNumber.test(text) ? BigInt(text) : null;
  if (type === 'number') return number.test(text) ? Number(text) : null;
  return text;
}

/** Whether PostgreSQL takes the text as a value of the column; it would fail, and not say that there is none. */
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
