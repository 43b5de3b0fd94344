import { expect, test } from 'vitest';
import { z } from 'zod';
import { loginFieldsOf } from '../../../src/admin/page/login-fields.ts';

const byCode = z.object({ by: z.literal('code'), email: z.email(), code: z.string() });
const byPassword = z.object({ by: z.literal('password'), email: z.email(), password: z.string() });
const namesOf = (schema: z.core.$ZodType) => loginFieldsOf(schema).map(({ name }) => name);

test('the form of a union has the fields of the alternative with a password', () => {
  const fields = loginFieldsOf(z.discriminatedUnion('by', [byCode, byPassword]));
  expect(fields.map(({ name }) => name)).toEqual(['by', 'email', 'password']);
  expect(fields[0]).toMatchObject({ kind: 'choice', choices: ['password'], isRequired: true });
});

test('the form of a union without passwords has its first alternative', () => {
  expect(namesOf(z.union([byCode, z.object({ key: z.string() })]))).toEqual(['by', 'email', 'code']);
});

test("the form of a transform or an intersection has its input's fields", () => {
  const transformed = byPassword.transform(({ email }) => ({ name: email }));
  expect(namesOf(transformed)).toEqual(['by', 'email', 'password']);
  const both = z.intersection(z.object({ username: z.string() }), z.object({ otp: z.string().optional() }));
  expect(loginFieldsOf(both).map(({ name, isRequired }) => [name, isRequired])).toEqual([
    ['username', true],
    ['otp', false],
  ]);
});
