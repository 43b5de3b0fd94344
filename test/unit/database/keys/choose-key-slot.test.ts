import { describe, expect, test } from 'vitest';
import { chooseKeySlot, type HeldKey, isNameTaken } from '../../../../src/database/keys/choose-key-slot.ts';

const rules = { name: 'new', max: 3, replaces: null };

/** Valid keys in the slots 0, 1, 2 and so on, with these names. */
function keysNamed(...names: (string | null)[]): HeldKey[] {
  return names.map((name, slot) => ({
    id: `key ${slot}`,
    slot,
    name,
    isValid: true,
    replaces: [],
    isUnused: false,
    expiresAt: null,
  }));
}

function expire(key: HeldKey, expiresAt: number): HeldKey {
  return { ...key, isValid: false, expiresAt };
}

/** Keys of one line: each is to replace those before it. */
function line(length: number): HeldKey[] {
  const keys = keysNamed(...Array.from({ length }, () => 'A'));
  return keys.map((key, index) => {
    const replaces = keys.slice(0, index).toReversed();
    return { ...key, replaces: replaces.map(({ id }) => id), isUnused: index > 0 };
  });
}

/** The same, after the first use of the last one. */
function used(keys: HeldKey[]): HeldKey[] {
  return keys.map((key) => ({ ...key, isUnused: false }));
}

describe('a new key', () => {
  test('takes the lowest free slot', () => {
    expect(chooseKeySlot([], rules)).toEqual({ choice: 'issue', slot: 0, ended: [] });
    expect(chooseKeySlot(keysNamed('A', 'B'), rules)).toEqual({ choice: 'issue', slot: 2, ended: [] });
    expect(chooseKeySlot(keysNamed('A', 'B').slice(1), rules)).toEqual({ choice: 'issue', slot: 0, ended: [] });
  });

  test.each(['new', 'NEW', '  New ', 'n\u200bew', '\uff4eew'])('is refused if a key has its name: %j', (name) => {
    expect(chooseKeySlot(keysNamed(name), rules)).toEqual({ choice: 'name-taken' });
  });

  test('may have no name, as others do', () => {
    expect(chooseKeySlot(keysNamed(null), { ...rules, name: null })).toMatchObject({ choice: 'issue' });
  });

  test('is refused at the limit', () => {
    expect(chooseKeySlot(keysNamed('A', 'B', 'C'), rules)).toEqual({ choice: 'key-limit' });
  });

  test('leaves expired keys, which count neither for names nor for the limit', () => {
    const held = keysNamed('new', 'A', 'B').map((key) => expire(key, 1));
    expect(chooseKeySlot(held, rules)).toEqual({ choice: 'issue', slot: 3, ended: [] });
  });

  test('takes the place of the key that expired first if all are taken', () => {
    const held = keysNamed(...Array.from({ length: 1003 }, () => null)).map((key) =>
      expire(key, (key.slot + 7) % 1003),
    );
    expect(chooseKeySlot(held, rules)).toEqual({ choice: 'issue', slot: 996, ended: ['key 996'] });
  });

  test('counts a key and the one that it has replaced once', () => {
    expect(chooseKeySlot(used(line(2)), { ...rules, max: 2 })).toMatchObject({ choice: 'issue', slot: 2 });
    expect(chooseKeySlot(used(line(2)), { ...rules, max: 1 })).toEqual({ choice: 'key-limit' });
  });

  test('counts a key whose successor is gone', () => {
    expect(chooseKeySlot(line(1), { ...rules, max: 1 })).toEqual({ choice: 'key-limit' });
  });

  test('counts a key and the one that it replaces once', () => {
    expect(chooseKeySlot(line(2), { ...rules, max: 2 })).toMatchObject({ choice: 'issue', slot: 2 });
    expect(chooseKeySlot(line(2), { ...rules, max: 1 })).toEqual({ choice: 'key-limit' });
  });
});

describe('a roll', () => {
  const roll = { ...rules, name: null, replaces: 'key 0' };

  test('takes a slot beside the key that it replaces', () => {
    expect(chooseKeySlot(keysNamed('A'), roll)).toEqual({ choice: 'issue', slot: 1, ended: [] });
  });

  test('works at the limit', () => {
    expect(chooseKeySlot(keysNamed('A', 'B', 'C'), roll)).toEqual({ choice: 'issue', slot: 3, ended: [] });
  });

  test('ends a successor that was never used', () => {
    expect(chooseKeySlot(line(2), roll)).toEqual({ choice: 'issue', slot: 1, ended: ['key 1'] });
  });

  test('ends the successors of a successor too', () => {
    expect(chooseKeySlot(line(3), roll)).toEqual({ choice: 'issue', slot: 1, ended: ['key 1', 'key 2'] });
  });

  test('of an unused successor keeps it', () => {
    expect(chooseKeySlot(line(2), { ...roll, replaces: 'key 1' })).toEqual({ choice: 'issue', slot: 2, ended: [] });
  });

  test('ends the successor of a successor that is gone', () => {
    const held = line(3).filter(({ id }) => id !== 'key 1');
    expect(chooseKeySlot(held, roll)).toEqual({ choice: 'issue', slot: 1, ended: ['key 2'] });
  });

  test('of a key whose successor was used is refused', () => {
    expect(chooseKeySlot(used(line(2)), roll)).toEqual({ choice: 'key-not-found' });
  });

  test('of a key whose successor was used and has ended is possible', () => {
    const [old, successor] = used(line(2)) as [HeldKey, HeldKey];
    expect(chooseKeySlot([old, expire(successor, 1)], roll)).toMatchObject({ choice: 'issue' });
    expect(chooseKeySlot([old], roll)).toMatchObject({ choice: 'issue' });
  });

  test('of an expired or an unknown key is refused', () => {
    const held = keysNamed('A').map((key) => expire(key, 1));
    expect(chooseKeySlot(held, roll)).toEqual({ choice: 'key-not-found' });
    expect(chooseKeySlot([], roll)).toEqual({ choice: 'key-not-found' });
  });

  test('is refused where a thousand keys beside the limit exist', () => {
    const held = keysNamed(...Array.from({ length: 1003 }, () => null));
    expect(chooseKeySlot(held, roll)).toEqual({ choice: 'key-limit' });
  });
});

describe('a name', () => {
  test('is free for the key that has it, and for those that replace it', () => {
    const held = line(2);
    for (const key of held) expect(isNameTaken('a', held, key)).toBe(false);
  });

  test('is taken if another key has it', () => {
    const held = keysNamed('A', 'B');
    expect(isNameTaken(' b', held, held[0])).toBe(true);
    expect(isNameTaken('C', held, held[0])).toBe(false);
  });
});
