import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTokenPattern } from '../../../src/leaks/token-pattern.ts';
import { createTokenCodec } from '../../../src/tokens/token-codec.ts';

const hex = 'a0'.repeat(32);
const acme = createTokenPattern({ tokenPrefix: 'acme_', tokenLength: 64 });

describe('the pattern', () => {
  test('has no flags and no lookaround', () => {
    expect(acme).toEqual(/\bacme_[0-9a-f]{64}\b/);
  });

  const format = fc.record({
    tokenPrefix: fc.stringMatching(/^[\w-]{0,32}$/),
    tokenLength: fc.integer({ min: 32, max: 64 }).map((half) => half * 2),
  });

  test('finds every token of its format within a text', () => {
    const around = fc.constantFrom('', ' ', '"', '=', '\n', '/', '.', ':', 'é');
    fc.assert(
      fc.property(format, around, around, (given, before, after) => {
        const codec = createTokenCodec({ ...given, secrets: ['s'.repeat(32)], randomBytes });
        const token = codec.tokenOf(codec.newSelector());
        expect(`${before}${token}${after}`.match(createTokenPattern(given))?.[0]).toBe(token);
      }),
    );
  });

  test.for([
    ['a longer one', `acme_${hex}0`],
    ['a shorter one', `acme_${hex.slice(1)}`],
    ['a letter behind it', `acme_${hex}z`],
    ['an underscore behind it', `acme_${hex}_`],
    ['a letter before it', `xacme_${hex}`],
    ['an underscore before it', `_acme_${hex}`],
    ['capitals', `acme_${hex.toUpperCase()}`],
    ['another prefix', `acme-${hex}`],
    ['no prefix', hex],
  ] as const)('does not match %s', ([, text]) => {
    expect(text).not.toMatch(acme);
  });

  test('finds all tokens of a text with the flag g', () => {
    const all = `A=acme_${hex}\nB="acme_${hex}",acme_${hex}`.match(new RegExp(acme, 'g'));
    expect(all).toHaveLength(3);
  });

  test('of a prefix that starts with a hyphen matches at the start of a word', () => {
    const hyphen = createTokenPattern({ tokenPrefix: '-k', tokenLength: 64 });
    expect(`x = -k${hex}`).toMatch(hyphen);
    expect(`x-k${hex}`).not.toMatch(hyphen);
  });
});
