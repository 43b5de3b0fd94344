import { expect, test } from 'vitest';
import { createEntryFormat, ownerOf } from '../../../src/cache/stored-entry.ts';
import { FakeDatabase, sharedParts, versionOf } from '../../support/cache/cache-parts.ts';

const create = () => createEntryFormat({ ...sharedParts, maxRemembered: 10 });

const database = new FakeDatabase();
database.add('a', { userId: 7, clientId: 3 });
const session = await database.load('a');
if (session === null) throw new Error('there is no such session');
const owner = ownerOf(session.record);
const marks = ['epoch fence', 'epoch of the user', 'epoch '];

const write = (entries = create(), row = session.row) => entries.write('a', { readAt: 1234, marks, owner }, row);

test('an entry is read as it was written', () => {
  const entries = create();
  expect(entries.read('a', write(entries))).toEqual({ readAt: 1234, marks, owner, record: session.record });
  expect(owner).toEqual(['user:7', 'client:3']);
});

test('text is parsed again only if it has changed', () => {
  const entries = create();
  const first = entries.read('a', write());
  expect(entries.read('a', write())).toBe(first);
  const changed = entries.read('a', write(entries, { ...session.row, version: 2 }));
  expect([versionOf(first?.record), versionOf(changed?.record)]).toEqual([1, 2]);
});

test('an entry that has left the store is gone', () => {
  const entries = create();
  entries.read('a', write());
  expect(entries.read('a', undefined)).toBeNull();
});

test.each(['', '\n', '[]', 'null\n{}', '[1,[],[]]', '{"0":1}\n{}', '[1,2,3]\n{}', '[1,[],[]]\nno row'])(
  'text that is not an entry is ignored, sealed or not: %j',
  (text) => {
    const entries = create();
    expect(entries.read('a', text)).toBeNull();
    expect(entries.read('a', sharedParts.mac.seal(entries.keyOf('a'), text))).toBeNull();
  },
);

test('the entry of another token is not used', () => {
  expect(create().read('b', write())).toBeNull();
});
