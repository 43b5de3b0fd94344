import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clientIdOf, clientNameOf } from '../../../admin-page/data/client-id.ts';

test('a client id is safe in paths and decodes to the name', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 64 }), (name) => {
      const id = clientIdOf(name);
      expect(id).toMatch(/^[\w~-]+$/);
      expect(clientNameOf(id)).toBe(name);
    }),
  );
  expect(['web', 'my-app_2', 'a b', '..', 'create', 'created', '%2F', '~'].map(clientIdOf)).toEqual([
    'web',
    'my-app_2',
    'a~20b',
    '~2e~2e',
    '~63reate',
    'created',
    '~252F',
    '~7e',
  ]);
  expect(clientNameOf('~zz')).toBe('~zz'); // typed into the address bar
});
