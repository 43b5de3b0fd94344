import fc from 'fast-check';
import { expect } from 'vitest';
import { testLength } from './test-length.ts';

/** How many cases each property is tried on at full length; in sum at least `totalCases`. */
export const shares = {
  header: 24_000,
  token: 8000,
  'forged token': 32_000,
  duration: 12_000,
  rate: 12_000,
  option: 4000,
  'adapter call': 6000,
  'authenticate source': 6000,
  'forged request': 2000,
  body: 600,
  'signed-in input': 600,
  'login input': 600,
  'user values': 1000,
} as const;

/** A machine that does much else at once takes longer. */
export const fuzzTimeoutMs = 120_000;

export const totalCases = 100_000;

/** Is part of every text that the wire is given, and must be in no answer. */
export const marker = 'mArKeR7f3a';

/** A short run tries a tenth of them. */
const divisor = testLength === 'full' ? 1 : 10;

/** Tries a property on its share of cases, prints how many there were, and holds it to that. */
export async function tryOut<T>(
  name: keyof typeof shares,
  cases: fc.Arbitrary<T>,
  property: (value: T) => void | Promise<void>,
): Promise<void> {
  const numRuns = shares[name] / divisor;
  let tried = 0;
  await fc.assert(
    fc.asyncProperty(cases, async (value) => {
      tried += 1;
      await property(value);
    }),
    { numRuns },
  );
  console.info(`${name}: ${tried} cases`);
  expect(tried).toBeGreaterThanOrEqual(numRuns);
}

/** Text of every kind: ASCII, any unit of UTF-16 (so lone surrogates and NUL), control characters, long ones. */
export const anyText: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.string({ unit: 'binary' }) },
  { weight: 2, arbitrary: fc.string() },
  fc.array(fc.nat(0xffff)).map((units) => String.fromCharCode(...units)),
  fc.array(fc.nat(0x9f)).map((units) => String.fromCharCode(...units)),
  fc.tuple(fc.string({ minLength: 1, maxLength: 4 }), fc.nat(5000)).map(([unit, times]) => unit.repeat(times)),
);

/** What a token can be mistaken for: one bit, one character, one case, one length off, or otherwise close. */
export function nearMisses(token: string): fc.Arbitrary<string> {
  const at = fc.nat(token.length - 1);
  const replaced = (index: number, by: string) => token.slice(0, index) + by + token.slice(index + 1);
  return fc
    .oneof(
      fc.tuple(at, fc.nat(15)).map(([index, bit]) => replaced(index, flip(token.charAt(index), bit))),
      at.map((index) => replaced(index, token.charAt(index).toUpperCase())),
      at.map((index) => token.slice(0, index)),
      at.map((index) => token.slice(index)),
      fc.tuple(at, fc.string({ unit: 'binary', minLength: 1, maxLength: 3 })).map(([index, by]) => replaced(index, by)),
      fc.tuple(fc.string({ minLength: 1 }), fc.string()).map(([before, after]) => before + token + after),
      fc.constantFrom(`${token}\0`, token + token, token.split('').toReversed().join('')),
      hex(token.length - 3, token.length + 3),
      hex(32, 32).map((end) => token.slice(0, token.length - 32) + end),
      hex(32, 32).map((start) => start + token.slice(32)),
    )
    .filter((near) => near.trim() !== token);
}

function flip(character: string, bit: number): string {
  return String.fromCharCode(character.charCodeAt(0) ^ (1 << bit));
}

function hex(minLength: number, maxLength: number): fc.Arbitrary<string> {
  return fc.string({
    unit: fc.constantFrom(...'0123456789abcdef'.split('')),
    minLength: Math.max(0, minLength),
    maxLength,
  });
}

/** A JSON text with `marker` in every string of it, also in keys; deep, huge, with keys that mean something elsewhere. */
export const markedJson: fc.Arbitrary<string> = fc.oneof(
  { weight: 6, arbitrary: fc.jsonValue({ maxDepth: 5, stringUnit: 'binary' }).map(mark) },
  fc
    .dictionary(fc.constantFrom('__proto__', 'constructor', 'toString', 'json', 'meta', 'id'), fc.jsonValue())
    .map(mark),
  fc
    .dictionary(
      fc.string().map((key) => key + marker),
      fc.jsonValue(),
    )
    .map(mark),
  fc.array(fc.integer(), { minLength: 500, maxLength: 2000 }).map(mark),
  fc.nat(4000).map((depth) => `${'['.repeat(depth)}"${marker}"${']'.repeat(depth)}`),
  fc.nat(4000).map((depth) => `${'{"id":'.repeat(depth)}"${marker}"${'}'.repeat(depth)}`),
);

function mark(value: unknown): string {
  return JSON.stringify(value, (_, inner: unknown) => (typeof inner === 'string' ? inner + marker : inner));
}
