import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createTokenCodec } from '../../../src/tokens/token-codec.ts';
import { testLength } from '../../support/test-length.ts';

const secret = 'the first secret, with 32 characters';
const older = 'an older secret, with 32 characters too';
const format = { secrets: [secret], tokenLength: 64, tokenPrefix: '', randomBytes };

describe('a token', () => {
  test('is its prefix, its selector and a MAC, in hex', () => {
    const codec = createTokenCodec({ ...format, tokenPrefix: 'acme_', tokenLength: 128 });
    const selector = codec.newSelector();
    const token = codec.tokenOf(selector);
    expect(token).toMatch(/^acme_[0-9a-f]{128}$/);
    expect(token.slice(5, 37)).toBe(selector);
    expect(codec.selectorOf(token)).toBe(selector);
  });

  test('is the same each time it is made of its selector', () => {
    const codec = createTokenCodec(format);
    const selector = codec.newSelector();
    expect(codec.tokenOf(selector)).toBe(createTokenCodec(format).tokenOf(selector));
  });

  test.each([64, 66, 100, 128])('of %i characters is verified, and has that length', (tokenLength) => {
    const codec = createTokenCodec({ ...format, tokenLength });
    const token = codec.tokenOf(codec.newSelector());
    expect(token).toHaveLength(tokenLength);
    expect(codec.selectorOf(token)).toBe(token.slice(0, 32));
  });

  test('of another secret is refused', () => {
    const foreign = createTokenCodec({ ...format, secrets: [older] });
    expect(createTokenCodec(format).selectorOf(foreign.tokenOf(foreign.newSelector()))).toBeNull();
  });

  test('of an older secret is verified, and new ones use the first secret', () => {
    const before = createTokenCodec({ ...format, secrets: [older] });
    const after = createTokenCodec({ ...format, secrets: [secret, older] });
    const selector = before.newSelector();
    expect(after.selectorOf(before.tokenOf(selector))).toBe(selector);
    expect(after.tokenOf(selector)).toBe(createTokenCodec(format).tokenOf(selector));
  });

  test.each([
    ['acme_', 64],
    ['', 128],
  ])('is shown by its first and last four characters: %j', (tokenPrefix, tokenLength) => {
    const codec = createTokenCodec({ ...format, tokenPrefix, tokenLength });
    const selector = codec.newSelector();
    const token = codec.tokenOf(selector);
    const start = token.slice(0, tokenPrefix.length + 4);
    expect(codec.previewOf(selector)).toBe(`${start}…${token.slice(-4)}`);
  });

  test('is signed anew if an older secret signed it', () => {
    const before = createTokenCodec(format);
    const after = createTokenCodec({ ...format, secrets: ['n'.repeat(32), ...format.secrets] });
    const token = before.tokenOf(before.newSelector());
    const resigned = after.resign(token);
    expect(resigned).not.toBe(token);
    expect(after.selectorOf(resigned ?? '')).toBe(before.selectorOf(token));
    expect(after.resign(resigned ?? '')).toBeNull();
    expect(before.resign(token)).toBeNull();
    expect(before.resign(resigned ?? '')).toBeNull();
  });

  test('is refused with any one character changed', () => {
    const codec = createTokenCodec({ ...format, tokenPrefix: 'acme_' });
    const token = codec.tokenOf(codec.newSelector());
    for (let at = 0; at < token.length; at += 1) {
      const other = token[at] === '0' ? '1' : '0';
      expect(codec.selectorOf(token.slice(0, at) + other + token.slice(at + 1))).toBeNull();
    }
  });

  test('is refused with another MAC after it was verified', () => {
    const codec = createTokenCodec(format);
    const token = codec.tokenOf(codec.newSelector());
    const forged = token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');
    expect([token, forged, token, forged].map(codec.selectorOf)).toEqual([
      token.slice(0, 32),
      null,
      token.slice(0, 32),
      null,
    ]);
  });

  test('is known as verified once it was, and with its own MAC alone', () => {
    const codec = createTokenCodec({ ...format, tokenPrefix: 'acme_' });
    const selector = codec.newSelector();
    const token = codec.tokenOf(selector);
    const forged = token.slice(0, -1) + (token.endsWith('0') ? '1' : '0');
    expect(codec.verifiedSelectorOf(token)).toBeNull();
    codec.selectorOf(token);
    codec.selectorOf(forged);
    expect(codec.verifiedSelectorOf(token)).toBe(selector);
    for (const other of [forged, token.slice(1), `${token}0`, '']) expect(codec.verifiedSelectorOf(other)).toBeNull();
  });

  test('of each secret is verified in turn, for one selector', () => {
    const [first, second] = [secret, older].map((each) => createTokenCodec({ ...format, secrets: [each] }));
    const both = createTokenCodec({ ...format, secrets: [secret, older] });
    const selector = both.newSelector();
    const tokens = [first, second].map((codec) => codec?.tokenOf(selector) ?? '');
    expect([...tokens, ...tokens].map(both.selectorOf)).toEqual([selector, selector, selector, selector]);
  });

  test('is refused when cut, prolonged or in capitals', () => {
    const codec = createTokenCodec(format);
    const token = codec.tokenOf('0123456789abcdef0123456789abcdef');
    for (const wrong of [
      token.slice(0, 63),
      `${token}1`,
      `${token}00`,
      token.toUpperCase(),
      ` ${token}`,
      `${token}\n`,
      '',
    ]) {
      expect(codec.selectorOf(wrong)).toBeNull();
    }
  });

  test('is none of the things that anyone makes up', () => {
    const codec = createTokenCodec(format);
    const anything = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9a-f]{64}$/));
    fc.assert(
      fc.property(anything, (text) => {
        expect(codec.selectorOf(text)).toBeNull();
      }),
      { numRuns: testLength === 'full' ? 100_000 : 10_000 },
    );
  });
});
