import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createMac } from '../../../src/tokens/mac.ts';

const keys = fc.uint8Array({ minLength: 1, maxLength: 64 });
const texts = fc.stringMatching(/^[0-9a-f]{32}$/);

test.each([
  ['sha256', 32],
  ['sha256', 64],
  ['sha512', 66],
  ['sha512', 96],
])('a MAC is the HMAC-%s that node:crypto makes, cut to %i characters', (name, length) => {
  fc.assert(
    fc.property(keys, fc.array(texts, { minLength: 1, maxLength: 5 }), (key, several) => {
      const macOf = createMac(key, 32, length);
      for (const text of several)
        expect(macOf(text)).toBe(createHmac(name, key).update(text).digest('hex').slice(0, length));
    }),
    { numRuns: 500 },
  );
});
