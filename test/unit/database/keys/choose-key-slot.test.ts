import fc from 'fast-check';
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
    replaces: null,
    expiresAt: null,
  }));
}

function expire(key: HeldKey, expiresAt: number): HeldKey {
  return { ...key, isValid: false, expiresAt };
}

/** A, and B, which replaces it. */
function rolled(): HeldKey[] {
  return keysNamed('A', 'A').map((key, index) => (index === 1 ? { ...key, replaces: 'key 0' } : key));
}

describe('a new key', () => {
  test('takes the lowest free slot', () => {
    expect(chooseKeySlot([], rules)).toEqual({ choice: 'issue', slot: 0, ended: [] });
    expect(chooseKeySlot(keysNamed('A', 'B'), rules)).toEqual({ choice: 'issue', slot: 2, ended: [] });
    expect(chooseKeySlot(keysNamed('A', 'B').slice(1), rules)).toEqual({ choice: 'issue', slot: 0, ended: [] });
  });

  test.each(['new', 'NEW', '  New '])('is refused if a key has its name: %j', (name) => {
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

  test('counts a key and the one that it replaces once', () => {
    expect(chooseKeySlot(rolled(), { ...rules, max: 2 })).toMatchObject({ choice: 'issue', slot: 2 });
    expect(chooseKeySlot(rolled(), { ...rules, max: 1 })).toEqual({ choice: 'key-limit' });
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
    expect(chooseKeySlot(rolled(), roll)).toEqual({ choice: 'issue', slot: 1, ended: ['key 1'] });
  });

  test('ends the successors of a successor too', () => {
    const [a, b, c] = keysNamed('A', 'A', 'A') as [HeldKey, HeldKey, HeldKey];
    const held = [a, { ...b, replaces: 'key 0' }, { ...c, replaces: 'key 1' }];
    expect(chooseKeySlot(held, roll)).toEqual({ choice: 'issue', slot: 1, ended: ['key 1', 'key 2'] });
  });

  test('of an unused successor keeps it', () => {
    expect(chooseKeySlot(rolled(), { ...roll, replaces: 'key 1' })).toEqual({ choice: 'issue', slot: 2, ended: [] });
  });

  test('of an expired or an unknown key is refused', () => {
    const held = keysNamed('A').map((key) => expire(key, 1));
    expect(chooseKeySlot(held, roll)).toEqual({ choice: 'key-not-found' });
    expect(chooseKeySlot([], roll)).toEqual({ choice: 'key-not-found' });
  });

  test('is refused where a thousand retired keys still work', () => {
    const held = keysNamed(...Array.from({ length: 1003 }, () => null));
    expect(chooseKeySlot(held, roll)).toEqual({ choice: 'key-limit' });
  });
});

describe('a name', () => {
  test('is free for the key that has it, and for those that replace it', () => {
    const held = rolled();
    for (const key of held) expect(isNameTaken('a', held, key)).toBe(false);
  });

  test('is taken if another key has it', () => {
    const held = keysNamed('A', 'B');
    expect(isNameTaken(' b', held, held[0])).toBe(true);
    expect(isNameTaken('C', held, held[0])).toBe(false);
  });
});

test('a chosen slot is free, and the limit holds', () => {
  const heldKeys = fc.uniqueArray(fc.nat(8), { maxLength: 8 }).chain((slots) =>
    fc.tuple(
      ...slots.map((slot) =>
        fc.record({
          id: fc.constant(`key ${slot}`),
          slot: fc.constant(slot),
          name: fc.constantFrom(null, 'A', 'B'),
          isValid: fc.boolean(),
          replaces: fc.constantFrom(null, ...slots.filter((other) => other < slot).map((other) => `key ${other}`)),
          expiresAt: fc.nat(9),
        }),
      ),
    ),
  );
  const anyRules = fc.record({
    name: fc.constantFrom(null, 'a', 'c'),
    max: fc.integer({ min: 1, max: 4 }),
    replaces: fc.constantFrom(null, 'key 0', 'key 3'),
  });
  fc.assert(
    fc.property(heldKeys, anyRules, (held, given) => {
      const choice = chooseKeySlot(held, given);
      if (choice.choice !== 'issue') return;
      const staying = held.filter(({ id }) => !choice.ended.includes(id));
      expect(staying.map(({ slot }) => slot)).not.toContain(choice.slot);
      const valid = staying.filter(({ isValid }) => isValid);
      const counted = valid.filter(({ id }) => !valid.some(({ replaces }) => replaces === id));
      const isRight =
        given.replaces === null ? counted.length < given.max : valid.some(({ id }) => id === given.replaces);
      expect(isRight).toBe(true);
    }),
  );
});
