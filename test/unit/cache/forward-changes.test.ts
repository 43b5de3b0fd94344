import { expect, test } from 'vitest';
import { recoveryFence, writeMessage } from '../../../src/cache/bus/messages.ts';
import type { Bus } from '../../../src/cache/bus.ts';
import { forwardChanges } from '../../../src/cache/changes/forward-changes.ts';

const read = (message: string) => (message === 'rows' ? (['token:a', 'token:b'] as const) : null);

/** A bus whose messages and connection a test plays, and what a listener hears of it, after the cache. */
function open() {
  const log: string[] = [];
  let isConnected = false;
  let receive: ((message: string) => void) | null = null;
  let report: (() => void) | null = null;
  const bus: Bus = {
    start(onMessage, onPossibleLoss) {
      receive = onMessage;
      report = onPossibleLoss;
    },
    isConnected: () => isConnected,
    publish: async () => {},
    close: async () => {},
  };
  const forwarding = forwardChanges(bus, {
    namespace: 'app',
    databaseChanges: { read },
    listener: { changed: (...scopes) => void log.push(scopes.join(' ')), missed: () => void log.push('missed') },
  });
  forwarding.start(
    (message) => void log.push(`cache: ${message}`),
    () => void log.push('cache: loss'),
  );
  return {
    log,
    receive: (message: string) => receive?.(message),
    connect(is: boolean) {
      isConnected = is;
      report?.();
    },
  };
}

test('a listener hears of a change after the cache', () => {
  const { log, receive } = open();
  receive('app||user:1');
  receive('rows');
  receive('other app||user:1');
  expect(log).toEqual(['cache: app||user:1', 'user:1', 'cache: rows', 'token:a token:b', 'cache: other app||user:1']);
});

test('once the bus has connected, everything may have changed', () => {
  const { log, connect } = open();
  connect(true);
  connect(false);
  expect(log).toEqual(['cache: loss', 'all', 'cache: loss']);
  connect(true);
  expect(log.slice(3)).toEqual(['cache: loss', 'all']);
});

test('the recovery of a store is not a change of sessions', () => {
  const { log, receive } = open();
  const message = writeMessage('app', 'all', recoveryFence('fence'));
  receive(message);
  expect(log).toEqual([`cache: ${message}`, 'missed']);
});
