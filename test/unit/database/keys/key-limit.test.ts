import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chooseKeySlot, type HeldKey } from '../../../../src/database/keys/choose-key-slot.ts';

/** A key, and what the test alone knows of it. */
interface Key extends HeldKey {
  /** The key whose rolls led to this one; its own id if none did. */
  readonly line: string;
}

type Step = readonly ['create' | 'roll' | 'use' | 'revoke' | 'expire', number];

const steps = fc.array(
  fc.tuple(fc.constantFrom('create', 'roll', 'roll', 'use', 'use', 'revoke', 'expire'), fc.nat(20)),
  { maxLength: 40 },
);

test('the limit holds after any creations, rolls, uses and ends', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 3 }), (given, max) => {
      let held: readonly Key[] = [];
      for (const [index, step] of given.entries()) {
        held = apply(held, step, max, `key ${index}`);
        const valid = held.filter(({ isValid }) => isValid);
        const lines = Object.values(Object.groupBy(valid, ({ line }) => line));
        expect(lines.length).toBeLessThanOrEqual(max);
        for (const keys of lines) expect(keys?.filter(({ isUnused }) => !isUnused).length).toBeLessThanOrEqual(2);
        expect(new Set(held.map(({ slot }) => slot)).size).toBe(held.length);
      }
    }),
    { numRuns: 1000 },
  );
});

test('below the limit, a key is created', () => {
  fc.assert(
    fc.property(steps, fc.integer({ min: 1, max: 3 }), (given, max) => {
      let held: readonly Key[] = [];
      for (const [index, step] of given.entries()) held = apply(held, step, max, `key ${index}`);
      const lines = new Set(held.filter(({ isValid }) => isValid).map(({ line }) => line));
      const { choice } = chooseKeySlot(held, { name: null, max, replaces: null });
      expect(choice).toBe(lines.size < max ? 'issue' : 'key-limit');
    }),
  );
});

function apply(held: readonly Key[], [action, choice]: Step, max: number, id: string): readonly Key[] {
  if (action === 'create') return issue(held, null, max, id);
  const key = held[choice % held.length];
  if (key === undefined) return held;
  switch (action) {
    case 'roll':
      return issue(held, key, max, id);
    case 'use':
      return key.isValid && key.isUnused ? activate(held, key) : held;
    case 'revoke':
      return held.filter((other) => other !== key);
    case 'expire':
      return held.map((other) => (other === key ? { ...key, isValid: false, expiresAt: 0 } : other));
  }
}

function issue(held: readonly Key[], rolled: Key | null, max: number, id: string): readonly Key[] {
  const choice = chooseKeySlot(held, { name: null, max, replaces: rolled?.id ?? null });
  if (choice.choice !== 'issue') return held;
  const issued = {
    id,
    slot: choice.slot,
    name: null,
    isValid: true,
    replaces: rolled === null ? [] : [rolled.id, ...rolled.replaces],
    isUnused: rolled !== null,
    expiresAt: null,
    line: rolled?.line ?? id,
  };
  return [...held.filter((key) => !choice.ended.includes(key.id)), issued];
}

/** What `activateKey` of the store does: one of the keys works on, and the others end. */
function activate(held: readonly Key[], key: Key): readonly Key[] {
  const replaced = key.replaces.flatMap((id) => held.filter((other) => other.id === id && other.isValid));
  const worksOn = replaced.find(({ isUnused }) => !isUnused) ?? replaced[0];
  return held
    .filter((other) => other === worksOn || !replaced.includes(other))
    .map((other) =>
      other === key ? { ...key, isUnused: false, replaces: worksOn === undefined ? [] : [worksOn.id] } : other,
    );
}
