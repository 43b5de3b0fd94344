import { z } from 'zod';

/** A field of the sign-in form. */
export interface LoginField {
  /** The property of the login input. */
  name: string;
  label: string;
  /** Shown below the field. */
  hint?: string;
  kind: 'text' | 'email' | 'password' | 'number' | 'checkbox' | 'choice';
  isRequired: boolean;
  /** The HTML attribute `autocomplete`, for browsers and password managers. */
  autoComplete: string;
  /** The options of a `choice`. */
  choices?: string[];
}

/** The keywords of a property's JSON schema that a form needs. */
interface PropertySchema {
  readonly type?: unknown;
  readonly format?: unknown;
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly title?: unknown;
  readonly description?: unknown;
}

const passwordName = /pass(?:word|phrase|code)?$|^pin$|secret/i;
const oneTimeName = /otp|code|2fa|mfa/i;

/** Derives the fields from the JSON schema of the login input, in the order of its properties. */
export function loginFieldsOf(loginInput: z.core.$ZodType): LoginField[] {
  const { properties, required } = formOf(z.toJSONSchema(loginInput, { io: 'input', unrepresentable: 'any' }));
  return Object.entries(properties).flatMap(([name, property]) => {
    const propertySchema: PropertySchema = typeof property === 'object' && property !== null ? property : {};
    const kind = kindOf(name, propertySchema);
    if (kind === null) return [];
    const field: LoginField = {
      name,
      label: typeof propertySchema.title === 'string' ? propertySchema.title : labelOf(name),
      kind,
      isRequired: required.includes(name) && kind !== 'checkbox',
      autoComplete: autoCompleteOf(name, kind),
    };
    if (typeof propertySchema.description === 'string') field.hint = propertySchema.description;
    if (kind === 'choice') field.choices = choicesOf(propertySchema).map(String);
    return [field];
  });
}

interface Form {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly required: readonly string[];
}

/** The properties of an object, or of the first alternative of a union that has a password, or else of the first one. */
function formOf({ properties = {}, required = [], anyOf, oneOf, allOf = [] }: z.core.JSONSchema.BaseSchema): Form {
  const alternatives = (anyOf ?? oneOf ?? []).map(formOf);
  const withPassword = alternatives.find((form) =>
    Object.keys(form.properties).some((name) => passwordName.test(name)),
  );
  const alternative = withPassword ?? alternatives[0];
  const parts = [...allOf.map(formOf), ...(alternative ? [alternative] : [])];
  return {
    properties: Object.assign({}, ...parts.map((part) => part.properties), properties),
    required: [...parts.flatMap((part) => part.required), ...required],
  };
}

function choicesOf({ enum: choices, const: only }: PropertySchema): readonly unknown[] {
  return choices ?? (only === undefined ? [] : [only]);
}

/** `null`: a form field cannot hold such a value. */
function kindOf(name: string, schema: PropertySchema): LoginField['kind'] | null {
  const { type, format } = schema;
  if (type === 'object' || type === 'array' || type === 'null') return null;
  if (type === 'boolean') return 'checkbox';
  if (type === 'number' || type === 'integer') return 'number';
  if (choicesOf(schema).length > 0) return 'choice';
  if (format === 'password' || passwordName.test(name)) return 'password';
  return format === 'email' ? 'email' : 'text';
}

function autoCompleteOf(name: string, kind: LoginField['kind']): string {
  if (kind === 'password') return 'current-password';
  if (kind === 'email' || /user|login|email/i.test(name)) return 'username';
  return oneTimeName.test(name) ? 'one-time-code' : 'off';
}

/** `userName` and `user_name` become `User name`. */
function labelOf(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
