import { expect, test } from 'vitest';
import { deviceOf } from '../../../src/values/device.ts';

test.for([
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0',
    { browser: 'Firefox', os: 'Windows', type: 'desktop' },
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1',
    { browser: 'Safari', os: 'iOS', type: 'mobile' },
  ],
  [
    'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)',
    { browser: 'Googlebot', os: null, type: 'bot' },
  ],
  ['curl/8.5.0', null],
  ['node', null],
  ['   ', null],
  ['', null],
  [null, null],
] as const)('%s', ([userAgent, device]) => {
  expect(deviceOf(userAgent)).toEqual(device);
});

test('a user agent that is hostile is no error', () => {
  for (const userAgent of ['(', ')'.repeat(256), 'Mozilla/5.0 ('.repeat(19), '\u202E', 'a/'.repeat(128)]) {
    expect(() => deviceOf(userAgent)).not.toThrow();
  }
});
