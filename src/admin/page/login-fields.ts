import { z } from 'zod';

/** A field of the page's login form. */
export interface LoginField {
  /** Its name in the login input. */
  name: string;
  label: string;
  /** Says more below the field. */
  hint?: string;
  kind: 'text' | 'email' | 'password' | 'number' | 'checkbox' | 'choice';
  isRequired: boolean;
  /** What browsers and password managers call it. */
  autoComplete: string;
  /** Of a choice. */
  choices?: string[];
}

/** What a JSON schema tells of a property, as far as a form needs it. */
interface Property {
  readonly type?: unknown;
  readonly format?: unknown;
  readonly enum?: readonly unknown[];
  readonly title?: unknown;
  readonly description?: unknown;
}

const passwordName = /pass(?:word|phrase|code)?$|^pin$|secret/i;
const oneTimeName = /otp|code|2fa|mfa/i;

/** The fields of a login input, in its order: names, kinds and labels are those of its JSON schema. */
export function loginFieldsOf(loginInput: z.ZodObject): LoginField[] {
  const schema = z.toJSONSchema(loginInput, { io: 'input', unrepresentable: 'any' });
  const required = new Set(schema.required);
  return Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    const told: Property = typeof property === 'object' ? property : {};
    const kind = kindOf(name, told);
    if (kind === null) return [];
    const field: LoginField = {
      name,
      label: typeof told.title === 'string' ? told.title : labelOf(name),
      kind,
      isRequired: required.has(name) && kind !== 'checkbox',
      autoComplete: autoCompleteOf(name, kind),
    };
    if (typeof told.description === 'string') field.hint = told.description;
    if (kind === 'choice') field.choices = (told.enum ?? []).map(String);
    return [field];
  });
}

/** `null`: no form field has such a value. */
function kindOf(name: string, { type, format, enum: choices }: Property): LoginField['kind'] | null {
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

/** `userName` and `user_name` are `User name`. */
function labelOf(name: string): string {
  const words = name
    .replaceAll(/([a-z0-9])([A-Z])/g, '$1 $2')
    .replaceAll(/[_-]+/g, ' ')
    .trim()
    .toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}
