import { expect, test } from 'vitest';
import { describeDevice, titleOf } from '../../../examples/quickstart/web/src/sessions/session-title.ts';

const firefox = { browser: 'Firefox', os: 'Windows', type: 'desktop' } as const;

test('a device is described by its browser and its system', () => {
  expect(describeDevice(firefox)).toBe('Firefox on Windows');
  expect(describeDevice({ ...firefox, os: null })).toBe('Firefox');
  expect(describeDevice({ ...firefox, browser: null })).toBe('Windows');
  expect(describeDevice(null)).toBe('Unknown device');
});

test('a session is called by its name, or else by its device', () => {
  expect(titleOf({ name: 'Laptop', device: firefox })).toBe('Laptop');
  expect(titleOf({ name: null, device: firefox })).toBe('Firefox on Windows');
});
