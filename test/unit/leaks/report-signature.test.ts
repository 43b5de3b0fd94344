import { createPublicKey, generateKeyPairSync, sign } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { DurinUsageError } from '../../../src/errors.ts';
import { isSigned, readSignature } from '../../../src/leaks/report-signature.ts';
import { createReporter } from '../../support/leaks/leak-reporter.ts';
import { testLength } from '../../support/test-length.ts';

/** The example of GitHub's documentation, with the key that signed it. */
const documented = {
  keyId: '90a421169f0a406205f1563a953312f0be898d3c7b6c06b681aa86a874555f4a',
  body: '[{"token":"some_token","type":"some_type","url":"some_url"}]',
  signature: 'MEUCIQDKZokqnCjrRtw0tni+2Ltvl/uiMJ1EGumEsp1BsNr32AIgQY1YXD2nlj+XNfGK4rBfkMJ1JDOQcYXxa2sY8FNkrKc=',
  pem:
    '-----BEGIN PUBLIC KEY-----\n' +
    'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE9MJJHnMfn2+H4xL4YaPDA4RpJqUq\n' +
    'kCmRCBnYERxZanmcpzQSXs1X/AljlKkbJ8qpVIW4clayyef9gWhFbNHWAA==\n' +
    '-----END PUBLIC KEY-----\n',
};

const read = (keyId: string | null, signature: string | null) =>
  readSignature((name) => (name === 'github-public-key-identifier' ? keyId : signature));

const { privateKey, publicKey } = createReporter();
const signed = (body: Uint8Array) => sign('sha256', body, privateKey);

describe('a signature', () => {
  test("of GitHub's documentation is verified", () => {
    const { keyId, body, signature, pem } = documented;
    const claim = read(keyId, signature);
    expect(claim?.keyId).toBe(keyId);
    expect(claim !== null && isSigned(Buffer.from(body), claim, pem)).toBe(true);
    expect(claim !== null && isSigned(Buffer.from(`${body}\n`), claim, pem)).toBe(false);
  });

  test('is verified with a KeyObject, of any body', () => {
    const anyBody = fc.uint8Array({ maxLength: 300 });
    fc.assert(
      fc.property(anyBody, (body) => {
        expect(isSigned(body, { keyId: 'k', signature: signed(body) }, publicKey)).toBe(true);
      }),
    );
  });

  test('is refused with one bit flipped in body, signature or key', () => {
    const key = publicKey.export({ type: 'spki', format: 'der' });
    const part = fc.constantFrom('body' as const, 'signature' as const, 'key' as const);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 200 }), part, fc.nat(), (body, which, position) => {
        const parts = { body: Buffer.from(body), signature: signed(body), key: Buffer.from(key) };
        const flipped = parts[which];
        const bit = position % (flipped.length * 8);
        flipped.writeUInt8(flipped.readUInt8(bit >> 3) ^ (1 << (bit & 7)), bit >> 3);
        expect(verdict(parts)).not.toBe('signed');
      }),
      { numRuns: testLength === 'full' ? 20_000 : 1_000 },
    );
  });
});

/** A flipped bit can also leave bytes that are no key, or another encoding of the same key. */
function verdict({ body, signature, key }: { body: Buffer; signature: Buffer; key: Buffer }) {
  try {
    const other = createPublicKey({ key, type: 'spki', format: 'der' });
    const isSame = key.equals(publicKey.export({ type: 'spki', format: 'der' }));
    if (other.equals(publicKey) && !isSame) return 'the same key';
    return isSigned(body, { keyId: 'k', signature }, other) ? 'signed' : 'forged';
  } catch {
    return 'no key';
  }
}

test.for([
  ['no key identifier', null, documented.signature],
  ['an empty key identifier', '', documented.signature],
  ['a key identifier with spaces', 'a b', documented.signature],
  ['a key identifier that is too long', 'a'.repeat(257), documented.signature],
  ['no signature', 'a', null],
  ['an empty signature', 'a', ''],
  ['a signature in base64url', 'a', documented.signature.replaceAll('+', '-').replaceAll('/', '_')],
  ['a signature without its padding', 'a', documented.signature.replaceAll('=', '')],
  ['other bits in the padding', 'a', documented.signature.replace('Kc=', 'Kd=')],
  ['a signature with spaces', 'a', ` ${documented.signature}`],
  ['two signatures', 'a', `${documented.signature}, ${documented.signature}`],
  ['a signature that is too long', 'a', 'A'.repeat(100)],
] as const)('%s counts as no signature', ([, keyId, signature]) => {
  expect(read(keyId, signature)).toBeNull();
});

test.for([
  ['text', 'a key'],
  ['an empty text', ''],
  ['RSA', generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey],
  ['P-384', generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey],
  ['Ed25519', generateKeyPairSync('ed25519').publicKey],
  ['a number', 7 as never],
] as const)('a key that is %s is a mistake of the app', ([, key]) => {
  const claim = { keyId: 'k', signature: signed(Buffer.from('[]')) };
  expect(() => isSigned(Buffer.from('[]'), claim, key)).toThrow(DurinUsageError);
});
