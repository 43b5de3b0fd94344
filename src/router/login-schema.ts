import type { z } from 'zod';

/** What the option `loginInput` takes: any schema of zod 4, also of `zod/mini`, from an object to an object. */
export type LoginSchema = z.core.$ZodType<object, object>;

/** The same inside, where the app's types are not known: its input is `never`, which is any app's. */
export type AnyLoginSchema = z.core.$ZodType<Readonly<Record<string, unknown>>, never>;

/** The names of the fields, for each alternative of a union; a schema without unions has one. */
type FieldSets = readonly (readonly string[])[];

/** Returns why a value cannot be the option `loginInput`; `null` if it can. */
export function loginSchemaProblem(value: unknown): string | null {
  if (!isZod4(value)) return isZod3(value) ? zod3Problem : 'must be a schema of zod 4, such as z.object({ … })';
  return inputFieldsOf(value) === null
    ? 'must be a zod object, or a union, intersection or transform of zod objects: login takes an object'
    : null;
}

const zod3Problem = 'must be a schema of zod 4, and this one is of zod 3: import z from zod 4, which is also at zod/v4';

/** The fields that the schema takes; `null` if it does not take an object. */
export function inputFieldsOf(schema: z.core.$ZodType): FieldSets | null {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type !== 'pipe') return fieldsOf(def, inputFieldsOf);
  const takesAnything = def.in._zod.def.type === 'transform'; // as z.preprocess does
  return inputFieldsOf(takesAnything ? def.out : def.in);
}

/** The fields that the schema returns; `null` if a transform returns what cannot be known beforehand. */
export function outputFieldsOf(schema: z.core.$ZodType): FieldSets | null {
  const { def } = (schema as z.core.$ZodTypes)._zod;
  return def.type === 'pipe' ? outputFieldsOf(def.out) : fieldsOf(def, outputFieldsOf);
}

function fieldsOf(
  def: z.core.$ZodTypes['_zod']['def'],
  innerFieldsOf: (schema: z.core.$ZodType) => FieldSets | null,
): FieldSets | null {
  if (def.type === 'object') return [Object.keys(def.shape)];
  if (def.type === 'readonly') return innerFieldsOf(def.innerType);
  if (def.type === 'union') {
    const options = def.options.map(innerFieldsOf);
    return options.includes(null) ? null : options.flatMap((fields) => fields ?? []);
  }
  if (def.type === 'intersection') {
    const [left, right] = [innerFieldsOf(def.left), innerFieldsOf(def.right)];
    if (left === null || right === null) return null;
    return left.flatMap((some) => right.map((others) => [...some, ...others]));
  }
  return null;
}

function isZod4(value: unknown): value is z.core.$ZodType {
  const { _zod: internals } = (value ?? {}) as { readonly _zod?: { readonly def?: unknown } };
  return typeof internals?.def === 'object';
}

function isZod3(value: unknown): boolean {
  const { _def: def } = (value ?? {}) as { readonly _def?: { readonly typeName?: unknown } };
  return typeof def?.typeName === 'string' && def.typeName.startsWith('Zod');
}
