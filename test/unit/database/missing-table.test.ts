import { expect, test } from 'vitest';
import { missingTableError } from '../../../src/database/mistakes/missing-table.ts';

const databaseError = (code: string, message: string) => Object.assign(new Error(message), { code });
const plain = 'run your migrations';
const withGuide = 'run your migrations (from 0.1: docs/guides/upgrading-from-0.1.md)';

test.each([
  ['42P01', 'relation "durin_client" does not exist', `durin_client does not exist: ${plain}`],
  ['42P01', 'relation "durin_token_use" does not exist', `durin_token_use does not exist: ${withGuide}`],
  ['42P01', 'relation "public.durin_token_use" does not exist', `durin_token_use does not exist: ${withGuide}`],
  ['42P01', 'relation "office.staff_token_use" does not exist', `office.staff_token_use does not exist: ${withGuide}`],
  ['42703', 'column t.slot does not exist', `column t.slot does not exist: ${withGuide}`],
  ['42703', 'column c.idle_ttl does not exist', `column c.idle_ttl does not exist: ${withGuide}`],
  ['42703', 'column "max_sessions" does not exist', `column max_sessions does not exist: ${withGuide}`],
  [
    '42703',
    'column "slot" of relation "durin_auth_token" does not exist',
    `column slot of durin_auth_token does not exist: ${withGuide}`,
  ],
  ['42703', 'column u.slot does not exist', `column u.slot does not exist: ${plain}`],
  ['42703', 'column c.throttle_rate does not exist', `column c.throttle_rate does not exist: ${plain}`],
  ['3F000', 'schema "office" does not exist', `schema office does not exist: ${plain}`],
])('%s %s', (code, message, sentence) => {
  expect(missingTableError(databaseError(code, message))).toMatchObject({ message: sentence });
});

test('another failure is no forgotten migration', () => {
  expect(missingTableError(databaseError('23505', 'duplicate key value'))).toBeNull();
  expect(missingTableError(new Error('relation "durin_client" does not exist'))).toBeNull();
});
