import { expect, test } from 'vitest';
import { describeDevice } from '../../../admin-page/tokens/describe-device.ts';

test('a device is described by its browser and system, or its program', () => {
  const device = { browser: 'Firefox', os: 'Windows', type: 'desktop' } as const;
  expect(describeDevice({ device, userAgent: 'Mozilla/5.0 …' })).toBe('Firefox on Windows');
  expect(describeDevice({ device: { ...device, os: null }, userAgent: 'Mozilla/5.0 …' })).toBe('Firefox');
  expect(describeDevice({ device: null, userAgent: 'curl/8.5.0 (x86)' })).toBe('curl/8.5.0');
  expect(describeDevice({ device: null, userAgent: null })).toBe('');
});
