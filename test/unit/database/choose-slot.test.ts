import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseSlot, type HeldToken, type SlotRules } from '../../../src/database/tokens/issue/choose-slot.ts';

const rules: SlotRules = { onConflict: 'keep', maxSessions: 3, atLimit: 'end-oldest', isLimitGiven: false };

/** Tokens in the slots 0, 1, 2 and so on, used at these times. `null`: the token has expired. */
function tokensUsedAt(...times: (number | null)[]): HeldToken[] {
  return times.map((usedAt, slot) => ({
    id: `token ${slot}`,
    slot,
    isValid: usedAt !== null,
    isIssued: false,
    usedAt: usedAt ?? 0,
  }));
}

describe('with several sessions', () => {
  test('a token takes the lowest free slot', () => {
    expect(chooseSlot([], rules)).toEqual({ choice: 'issue', slot: 0, ended: [] });
    expect(chooseSlot(tokensUsedAt(5, 6), rules)).toEqual({ choice: 'issue', slot: 2, ended: [] });
    expect(chooseSlot(tokensUsedAt(5, 6).slice(1), rules)).toEqual({ choice: 'issue', slot: 0, ended: [] });
  });

  test('an expired slot is free', () => {
    expect(chooseSlot(tokensUsedAt(5, null, 6), rules)).toEqual({ choice: 'issue', slot: 1, ended: ['token 1'] });
  });

  test('at the limit the least recently used one ends', () => {
    expect(chooseSlot(tokensUsedAt(7, 5, 6), rules)).toEqual({ choice: 'issue', slot: 1, ended: ['token 1'] });
  });

  test('of two used at once the one in the lower slot ends', () => {
    expect(chooseSlot(tokensUsedAt(5, 5, 6), rules)).toEqual({ choice: 'issue', slot: 0, ended: ['token 0'] });
  });

  test('at a limit that refuses nothing ends', () => {
    const choice = chooseSlot(tokensUsedAt(7, 5, 6), { ...rules, atLimit: 'refuse' });
    expect(choice).toEqual({ choice: 'at-limit', ended: [] });
  });

  test('a lowered limit ends the surplus', () => {
    const held = tokensUsedAt(1, 5, 3, 4, 2);
    expect(chooseSlot(held, rules)).toMatchObject({
      choice: 'issue',
      slot: 0,
      ended: ['token 0', 'token 2', 'token 4'],
    });
    const refused = chooseSlot(held, { ...rules, atLimit: 'refuse' });
    expect(refused).toEqual({ choice: 'at-limit', ended: ['token 4', 'token 0'] });
  });

  test('an API key that exists is not replaced', () => {
    expect(chooseSlot(tokensUsedAt(5), { ...rules, onConflict: 'refuse' })).toEqual({ choice: 'exists' });
    const expired = chooseSlot(tokensUsedAt(null), { ...rules, onConflict: 'refuse' });
    expect(expired).toEqual({ choice: 'issue', slot: 0, ended: ['token 0'] });
  });
});

describe('with one session', () => {
  const one = { ...rules, maxSessions: 1 };

  test('a login keeps the token', () => {
    expect(chooseSlot(tokensUsedAt(5), one)).toEqual({ choice: 'keep', kept: 'token 0', ended: [] });
  });

  test('a login keeps the most recently used of several, and ends the others', () => {
    const choice = chooseSlot(tokensUsedAt(5, 7, 6), { ...one, atLimit: 'refuse' });
    expect(choice).toEqual({ choice: 'keep', kept: 'token 1', ended: ['token 2', 'token 0'] });
  });

  test('a login replaces a token that the server issued', () => {
    const issued = tokensUsedAt(5).map((token) => ({ ...token, isIssued: true }));
    expect(chooseSlot(issued, one)).toEqual({ choice: 'issue', slot: 0, ended: ['token 0'] });
  });

  test('the limit refuses only if the caller says so', () => {
    const replacing = { ...one, onConflict: 'replace', atLimit: 'refuse' } as const;
    expect(chooseSlot(tokensUsedAt(5), replacing)).toMatchObject({ choice: 'issue' });
    expect(chooseSlot(tokensUsedAt(5), { ...replacing, isLimitGiven: true })).toEqual({
      choice: 'at-limit',
      ended: [],
    });
  });
});

const anyHeld = fc
  .uniqueArray(fc.record({ slot: fc.nat(8), isValid: fc.boolean(), isIssued: fc.boolean(), usedAt: fc.nat(20) }), {
    selector: ({ slot }) => slot,
  })
  .map((tokens) => tokens.map((token) => ({ ...token, id: `token ${token.slot}` })));
const anyRules = fc.record<SlotRules>({
  onConflict: fc.constantFrom('keep', 'renew', 'replace', 'refuse'),
  maxSessions: fc.integer({ min: 1, max: 6 }),
  atLimit: fc.constantFrom('end-oldest', 'refuse'),
  isLimitGiven: fc.boolean(),
});

test('whatever sessions exist, the limit holds afterwards', () => {
  fc.assert(
    fc.property(anyHeld, anyRules, (held, anyRule) => {
      const choice = chooseSlot(held, anyRule);
      if (choice.choice === 'exists') return;
      const left = held.filter(({ id }) => !choice.ended.includes(id));
      const valid = left.filter(({ isValid }) => isValid);
      const isNew = choice.choice === 'issue';
      expect(valid.length + (isNew ? 1 : 0)).toBeLessThanOrEqual(anyRule.maxSessions);
      if (!isNew) return;
      expect(choice.slot).toBeLessThan(anyRule.maxSessions);
      expect(left.map(({ slot }) => slot)).not.toContain(choice.slot);
      const used = held.filter(({ isValid, id }) => isValid && choice.ended.includes(id)).map(({ usedAt }) => usedAt);
      for (const { usedAt } of valid) expect(Math.max(0, ...used)).toBeLessThanOrEqual(usedAt);
    }),
  );
});
