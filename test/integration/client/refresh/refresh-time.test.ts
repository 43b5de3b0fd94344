import fc from 'fast-check';
import { expect, test } from 'vitest';
import { refreshTimeOf } from '../../../../client/session/refresh-time.ts';

const server = Date.parse('2026-11-23T12:00:00Z');
const date = new Date(server).toUTCString();
const hour = 3_600_000;

test.each([
  ['a Date', new Date(server + hour)],
  ['an ISO text', new Date(server + hour).toISOString()],
  ['an ISO text with an offset', '2026-11-23T14:00:00+01:00'],
])('half of the lifetime counts from the response: the expiry as %s', (_, expiry) => {
  expect(refreshTimeOf(expiry, date, server)).toBe(server + hour / 2);
});

test.each([null, undefined, '', 'in 5 hours', '23 hours', 'never', '2026', new Date(Number.NaN), server, {}])(
  'the expiry %j is unknown, so there is no refresh',
  (expiry) => {
    expect(refreshTimeOf(expiry, date, server)).toBeNull();
  },
);

test('with the Date header, a wrong clock changes nothing', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 1e8 }), fc.integer({ min: -1e12, max: 1e12 }), (seconds, error) => {
      const wait = Number(refreshTimeOf(new Date(server + seconds * 1000), date, server + error)) - (server + error);
      expect(wait).toBe(seconds * 500);
    }),
  );
});

test('without it, tokens of over an hour survive a clock an hour off', () => {
  fc.assert(
    fc.property(fc.integer({ min: 3602, max: 1e8 }), fc.integer({ min: -hour, max: hour }), (seconds, error) => {
      const now = server + error;
      const wait = Number(refreshTimeOf(new Date(server + seconds * 1000), null, now)) - now;
      expect(wait).toBeGreaterThan(0);
      expect(wait).toBeLessThan(seconds * 1000);
    }),
  );
});

test('a new token that seems to have expired is refreshed soon', () => {
  expect(refreshTimeOf(new Date(server + hour), undefined, server + 2 * hour)).toBe(server + 2 * hour + 60_000);
});
