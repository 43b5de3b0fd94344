import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { reportBusOutages } from '../../../src/cache/trust/report-bus-outages.ts';
import { FakeBusNetwork } from '../../support/cache/cache-parts.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function open() {
  const events: string[] = [];
  const own = new FakeBusNetwork().join();
  const bus = reportBusOutages(own, {
    unavailable: (reason) => void events.push(reason),
    recovered: () => void events.push('recovered'),
  });
  const start = () =>
    bus.start(
      () => {},
      () => {},
    );
  return { own, bus, events, start, pass: (ms: number) => vi.advanceTimersByTime(ms) };
}

test('an outage is reported once, and so is its end', () => {
  const { own, events, start, pass } = open();
  start();
  pass(5000);
  own.cut();
  pass(60_000);
  expect(events).toEqual(['The bus is not connected.']);
  own.mend();
  pass(60_000);
  expect(events).toEqual(['The bus is not connected.', 'recovered']);
  own.cut();
  pass(2000);
  expect(events).toHaveLength(3);
});

test('a moment without a connection is no outage', () => {
  const { own, events, start, pass } = open();
  start();
  pass(500);
  own.cut();
  pass(500);
  own.mend();
  pass(10_000);
  expect(events).toEqual([]);
});

const wrongPassword = () => new Error('WRONGPASS invalid username-password pair or user is disabled.');

test('an outage is reported within a second, with its error', () => {
  const { own, events, start, pass } = open();
  Object.assign(own, { lastError: wrongPassword });
  start();
  pass(500);
  own.cut();
  pass(1000);
  expect(events).toEqual(['WRONGPASS invalid username-password pair or user is disabled.']);
});

test('the first connection may take three seconds', () => {
  const { own, events, start, pass } = open();
  own.cut();
  start();
  pass(2900);
  own.mend();
  pass(10_000);
  expect(events).toEqual([]);
});

test('a bus that never connects is reported, and a closed one is not', async () => {
  const unused = open();
  const { own, bus, events, start, pass } = open();
  start();
  own.cut();
  pass(3000);
  await bus.close();
  pass(10_000);
  expect(events).toEqual(['The bus is not connected.']);
  expect(unused.events).toEqual([]);
});
