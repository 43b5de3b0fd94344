import { expect, test } from 'vitest';
import { judgeLifetime } from '../../../src/tokens/lifetime.ts';

const now = Date.parse('2026-11-23T12:00:00Z');
const inSeconds = (seconds: number) => new Date(now + seconds * 1000);

test.for([
  ['a token that never expires', null, false, 'valid'],
  ['a token with time left', 61, false, 'valid'],
  ['a token in its last minute', 1, false, 'valid'],
  ['a token at the instant of its expiry', 0, false, 'expired'],
  ['a session that idles, with time left', 60, true, 'valid'],
  ['a session that idles, in its last minute', 59.999, true, 'idling'],
  ['a session that idled too long', 0, true, 'expired'],
] as const)('%s', ([, seconds, expiresByIdling, stage]) => {
  const expiresAt = seconds === null ? null : inSeconds(seconds);
  expect(judgeLifetime({ expiresAt, expiresByIdling }, now)).toBe(stage);
});
