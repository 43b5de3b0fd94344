import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createHeartbeats } from '../../../../src/cache/bus/heartbeats.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

/** Heartbeats over a connection that a test plays. */
function open() {
  const sent: string[] = [];
  const log: string[] = [];
  const connection = { isAnswering: false, accepts: true };
  const heartbeats = createHeartbeats({
    async send(heartbeat) {
      sent.push(heartbeat);
      if (!connection.accepts) throw new Error('not sent');
      if (connection.isAnswering) heartbeats.echoed(heartbeat);
    },
    onDead: () => void log.push('dead'),
    onPossibleLoss: () => void log.push('loss'),
  });
  return { ...heartbeats, sent, log, connection, pass: (ms: number) => vi.advanceTimersByTimeAsync(ms) };
}

function connect() {
  const world = open();
  world.connection.isAnswering = true;
  world.opened();
  return world;
}

/** Time passes, in which no timer runs. */
function stall(ms: number): void {
  const before = performance.now();
  vi.spyOn(performance, 'now').mockImplementation(() => before + ms);
}

test('the first is sent when the connection opens, and then four a second', async () => {
  const { opened, sent, connection, pass, isConnected } = open();
  await pass(1000);
  expect(sent).toEqual([]);
  connection.isAnswering = true;
  opened();
  expect(sent).toEqual(['1']);
  expect(isConnected()).toBe(true);
  await pass(1000);
  expect(sent).toEqual(['1', '2', '3', '4', '5']);
});

test('a connection that leaves four unanswered is dead', async () => {
  const { opened, sent, log, pass, isOverdue } = open();
  opened();
  await pass(249);
  expect(isOverdue()).toBe(false);
  await pass(726);
  expect([sent, log, isOverdue()]).toEqual([['1'], [], true]);
  await pass(25);
  expect(log).toEqual(['dead']);
});

test('a connection that takes none is dead at once', async () => {
  const { opened, log, connection, pass } = open();
  connection.accepts = false;
  opened();
  await pass(0);
  expect(log).toEqual(['dead']);
});

test('that one of the last connection was not sent says nothing of the next', async () => {
  const { opened, lost, log, connection, pass } = open();
  connection.accepts = false;
  opened();
  connection.accepts = true;
  lost();
  opened();
  await pass(0);
  expect(log).toEqual([]);
});

test('after a stall, one is sent at once', async () => {
  const { sent, whenTrusted, connection, pass } = connect();
  connection.isAnswering = false;
  stall(120);
  const trusted = whenTrusted();
  expect(trusted).not.toBeNull();
  connection.isAnswering = true;
  await pass(25);
  expect(sent).toEqual(['1', '2']);
  await trusted;
  expect(whenTrusted()).toBeNull();
});

test('one that was under way during a stall is followed at once by another', async () => {
  const { sent, echoed, whenTrusted, connection, pass } = connect();
  connection.isAnswering = false;
  await pass(250);
  expect(sent).toEqual(['1', '2']);
  stall(120);
  await pass(25);
  expect(sent).toEqual(['1', '2']);
  echoed('2');
  expect(sent).toEqual(['1', '2', '3']);
  expect(whenTrusted()).not.toBeNull(); // the second may be from before what waits unread
  echoed('3');
  expect(whenTrusted()).toBeNull();
});

test('stopped, they leave no timer and nobody waiting', async () => {
  const { stop, whenTrusted, lost } = connect();
  lost();
  const trusted = whenTrusted();
  stop();
  await trusted;
  expect(vi.getTimerCount()).toBe(0);
});
