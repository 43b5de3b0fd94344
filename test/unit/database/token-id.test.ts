import { expect, test } from 'vitest';
import { isMarkedKey, newTokenId } from '../../../src/database/tokens/token-id.ts';
import { isSessionId } from '../../../src/session.ts';

test.each([
  ['login', /^.{14}4.{4}[89ab]/],
  ['issued', /^.{14}80.{3}[89ab]/],
  ['issued-until', /^.{14}81.{3}[89ab]/],
  ['key', /^.{14}82.{3}[89ab]/],
] as const)('the id of a token of the origin %s is a UUID that shows it', (origin, pattern) => {
  const ids = Array.from({ length: 200 }, () => newTokenId(origin));
  for (const id of ids) {
    expect(isSessionId(id)).toBe(true);
    expect(id).toMatch(pattern);
    expect(isMarkedKey(id)).toBe(origin === 'key');
  }
  expect(new Set(ids).size).toBe(200);
});
