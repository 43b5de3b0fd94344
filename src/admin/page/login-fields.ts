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
  readonly title?: unknown;
  readonly description?: unknown;
}

const passwordName = /pass(?:word|phrase|code)?$|^pin$|secret/i;
const oneTimeName = /otp|code|2fa|mfa/i;

/** Derives the fields from the JSON schema of the login input, in the order of its properties. */
export function loginFieldsOf(loginInput: z.ZodObject): LoginField[] {
  const schema = z.toJSONSchema(loginInput, { io: 'input', unrepresentable: 'any' });
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const propertySchema: PropertySchema = typeof property === 'object' ? property : {};
    const kind = kindOf(name, propertySchema);
    if (kind === null) return [];
    const field: LoginField = {
      name,
      label: typeof propertySchema.title === 'string' ? propertySchema.title : labelOf(name),
      kind,
      isRequired: required.has(name) && kind !== 'checkbox',
      autoComplete: autoCompleteOf(name, kind),
    };
    if (typeof propertySchema.description === 'string') field.hint = propertySchema.description;
    if (kind === 'choice') field.choices = (propertySchema.enum ?? []).map(String);
    return [field];
  });
}

/** `null`: a form field cannot hold such a value. */
function kindOf(name: string, { type, format, enum: choices }: PropertySchema): LoginField['kind'] | null {
  if (type === 'object' || type === 'array' || type === 'null') return null;
  if (type === 'boolean') return 'checkbox';
  if (type === 'number' || type === 'integer') return 'number';
  if (choices !== undefined) return 'choice';
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
