import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { createTokenCodec } from '../../../src/tokens/token-codec.ts';

const secrets = ['a secret of the tests, with 32 characters'];
const codecOf = (tokenPrefix: string, tokenLength: number) =>
  createTokenCodec({ secrets, tokenPrefix, tokenLength, randomBytes });

const changes = [
  ['', 64, 'acme_', 64],
  ['acme_', 64, '', 64],
  ['acme_', 64, 'beta_', 64],
  ['', 96, '', 64],
  ['', 128, '', 100],
  ['', 128, '', 96],
  ['acme_', 128, 'beta_', 66],
  ['a', 66, '', 64],
] as const;

test.each(changes)(
  "a token of '%s' and %i characters is none of '%s' and %i",
  (prefix, length, newPrefix, newLength) => {
    const before = codecOf(prefix, length);
    const after = codecOf(newPrefix, newLength);
    const token = before.tokenOf(before.newSelector());
    const body = token.slice(prefix.length);
    expect(before.selectorOf(token)).toBe(body.slice(0, 32));
    for (const rewritten of [token, newPrefix + body, newPrefix + body.slice(0, newLength), body.slice(0, newLength)])
      expect(after.selectorOf(rewritten)).toBeNull();
  },
);

test('tokens of the default format are those of version 0.1', () => {
  const token = codecOf('', 64).tokenOf('0123456789abcdef0123456789abcdef');
  expect(token).toBe('0123456789abcdef0123456789abcdef05d4a682c2b65a50012ffe39ae2a9faa');
});
