import { expect, test } from 'vitest';
import { createVerifiedMacs } from '../../../src/tokens/mac.ts';

test('a MAC is known for the selector it was verified for', () => {
  const macs = createVerifiedMacs(4);
  macs.remember('a', '0123');
  macs.remember('b', 'abcd');
  expect(macs.has('a', '0123')).toBe(true);
  expect(macs.has('b', 'abcd')).toBe(true);
  expect(macs.has('b', '0123')).toBe(false);
  expect(macs.has('c', '0123')).toBe(false);
});

// The last ones have the low bytes of the MAC, and as many bytes as it.
test.each(['', '012', '01234', '0124', '012\u0133', '01\u00b2', '\u0130123', '0é1'])(
  '%j is not the MAC',
  (presented) => {
    const macs = createVerifiedMacs(4);
    macs.remember('a', '0123');
    expect(macs.has('a', presented)).toBe(false);
    expect(macs.has('a', '0123')).toBe(true);
  },
);

test('of many tokens, the last 5,000 are remembered and no more than 10,000', () => {
  const macs = createVerifiedMacs(4);
  for (let token = 0; token < 22_000; token += 1) macs.remember(`token ${token}`, '0123');
  const known = Array.from({ length: 22_000 }, (_, token) => macs.has(`token ${token}`, '0123'));
  expect(known.slice(-5000)).not.toContain(false);
  expect(known.slice(0, 12_000)).not.toContain(true);
});
