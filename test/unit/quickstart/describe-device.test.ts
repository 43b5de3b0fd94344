import { expect, test } from 'vitest';
import { describePlace } from '../../../examples/quickstart/web/src/sessions/describe-device.ts';

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';
const session = { isCurrent: false, ipAddress: '203.0.113.7', userAgent: 'node' };

test('a session of another device is described as it was last used', () => {
  expect(describePlace(session, firefox)).toBe('Node, 203.0.113.7');
  expect(describePlace({ ...session, ipAddress: null, userAgent: null }, firefox)).toBe('Unknown program');
});

test('the current session is the one of this browser, whoever used it last', () => {
  expect(describePlace({ ...session, isCurrent: true }, firefox)).toBe('Firefox on Linux');
  expect(describePlace({ ...session, isCurrent: true, userAgent: firefox }, firefox)).toBe(
    'Firefox on Linux, 203.0.113.7',
  );
});
