import { expect, test } from 'vitest';
import { limitsInWords, rateInWords, sessionsInWords } from '../../../admin-page/clients/client-words.ts';

test('the sessions of a user are counted, with what happens at the limit', () => {
  expect(sessionsInWords({ maxSessions: 1, atLimit: 'refuse' })).toBe('1');
  expect(sessionsInWords({ maxSessions: 5, atLimit: 'end-oldest' })).toBe('5, then the oldest ends');
  expect(sessionsInWords({ maxSessions: 1000, atLimit: 'refuse' })).toBe('1,000, then refused');
});

test('the limits of a session are in words', () => {
  expect(limitsInWords({ idleTtl: null, maxLifetime: null })).toBe('');
  expect(limitsInWords({ idleTtl: 259_200, maxLifetime: null })).toBe('at most 3 days unused');
  expect(limitsInWords({ idleTtl: 5400, maxLifetime: 7_776_000 })).toBe(
    'at most 1 hour 30 minutes unused, 90 days in all',
  );
});

test('a rate is in words', () => {
  expect(rateInWords('1000/h')).toBe('1,000 per hour');
  expect(rateInWords(null)).toBe('default rate');
});
