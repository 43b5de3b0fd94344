import { randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAuthorization } from '../../../src/request/authorization.ts';
import { createTokenCodec } from '../../../src/tokens/token-codec.ts';
import { anyText, fuzzTimeoutMs, nearMisses, shares, totalCases, tryOut } from '../../support/fuzz.ts';

test('the properties are tried on a hundred thousand cases in sum', () => {
  const sum = Object.values(shares).reduce((total, share) => total + share, 0);
  expect(sum).toBeGreaterThanOrEqual(totalCases);
});

test(
  'a header is none, malformed, or a token without white space',
  async () => {
    const schemes = fc.constantFrom('Token', 'token', 'TOKEN', 'Bearer', 'Tok', 'Tokens', '', 'Token\t', 'tokén');
    const headers = fc.oneof(
      anyText,
      fc.tuple(schemes, fc.constantFrom(' ', '  ', '\t', '', '\n'), anyText).map((parts) => parts.join('')),
    );
    await tryOut('header', headers, (header) => {
      const credentials = parseAuthorization(header, ['Token']);
      const isOurs = /^token(?:[ \t]|$)/i.test(header.trim());
      expect(credentials.kind === 'none').toBe(!isOurs);
      const token = credentials.kind === 'token' ? credentials.token : 'none';
      expect(token).toMatch(/^[^ \t]+$/);
      expect(credentials.kind === 'token' && header.includes(token)).toBe(credentials.kind === 'token');
    });
  },
  fuzzTimeoutMs,
);

const formats = fc.record({
  tokenLength: fc.integer({ min: 32, max: 64 }).map((half) => half * 2),
  tokenPrefix: fc.stringMatching(/^[\w-]{0,32}$/),
  secrets: fc.array(fc.string({ minLength: 32 }), { minLength: 1, maxLength: 3 }),
});

test(
  'a token of any format is its selector’s, and nobody else’s',
  async () => {
    await tryOut('token', formats, (format) => {
      const codec = createTokenCodec({ ...format, randomBytes });
      const selector = codec.newSelector();
      const token = codec.tokenOf(selector);
      expect(token).toMatch(/^[\w-]*$/);
      expect(token).toHaveLength(format.tokenPrefix.length + format.tokenLength);
      expect(codec.selectorOf(token)).toBe(selector);
      const stranger = createTokenCodec({ ...format, secrets: [`${format.secrets[0]}x`], randomBytes });
      expect(stranger.selectorOf(token)).toBe(null);
    });
  },
  fuzzTimeoutMs,
);

test(
  'whatever is nearly a token, is none',
  async () => {
    const codec = createTokenCodec({ secrets: ['s'.repeat(32)], tokenLength: 64, tokenPrefix: '', randomBytes });
    const token = codec.tokenOf(codec.newSelector());
    await tryOut(
      'forged token',
      fc.oneof(anyText, nearMisses(token), fc.constantFrom(`${token} `, `${token}\n`, ` ${token}`)),
      (forged) => {
        expect(codec.selectorOf(forged)).toBe(null);
      },
    );
  },
  fuzzTimeoutMs,
);
