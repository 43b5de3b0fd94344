import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createOutageReport } from '../../../src/health/outage-report.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function open() {
  const heard: string[] = [];
  const report = createOutageReport({
    unavailable: (reason) => void heard.push(reason),
    recovered: () => void heard.push('recovered'),
  });
  return { heard, report };
}

test('an outage is reported once, however many calls fail', () => {
  const { heard, report } = open();
  report.began(new Error('away'));
  report.began(new Error('still away'));
  expect(heard).toEqual(['away']);
});

test('what works for a second has recovered', () => {
  const { heard, report } = open();
  report.began(new Error('away'));
  report.ended();
  vi.advanceTimersByTime(999);
  expect(heard).toEqual(['away']);
  vi.advanceTimersByTime(1);
  expect(heard).toEqual(['away', 'recovered']);
});

test('what fails again within a second has not recovered', () => {
  const { heard, report } = open();
  report.began(new Error('away'));
  report.ended();
  vi.advanceTimersByTime(500);
  report.began(new Error('away again'));
  vi.advanceTimersByTime(5000);
  expect(heard).toEqual(['away']);
});

test('without an outage nothing recovers, and no timer is left', () => {
  const { heard, report } = open();
  report.ended();
  expect(vi.getTimerCount()).toBe(0);
  vi.advanceTimersByTime(5000);
  expect(heard).toEqual([]);
});

test('a stopped report is silent', () => {
  const { heard, report } = open();
  report.began(new Error('away'));
  report.ended();
  report.stop();
  vi.advanceTimersByTime(5000);
  report.began(new Error('away'));
  expect(heard).toEqual(['away']);
});
