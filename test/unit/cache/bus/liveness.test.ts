import { expect, test } from 'vitest';
import { createLiveness } from '../../../../src/cache/bus/liveness.ts';

/** A liveness on a clock of its own, and how often messages may have been lost. */
function open() {
  let time = 1000;
  let losses = 0;
  const liveness = createLiveness({
    now: () => time,
    silenceMs: 1000,
    stallMs: 150,
    ticksOfHold: 20,
    onPossibleLoss: () => {
      losses += 1;
    },
  });
  return {
    ...liveness,
    losses: () => losses,
    /** Time passes, during which the process runs. */
    run(ms: number) {
      for (const end = time + ms; time < end; ) {
        time += 50;
        liveness.tick();
      }
    },
    /** Time passes, during which the process is stopped. */
    stop(ms: number) {
      time += ms;
    },
    beat: () => liveness.echoed(liveness.nextHeartbeat()),
  };
}

function connect() {
  const opened = open();
  opened.opened();
  opened.beat();
  return opened;
}

test('a connection counts from its first echo on', () => {
  const { opened, isConnected, beat, losses } = open();
  expect(isConnected()).toBe(false);
  opened();
  expect([isConnected(), losses()]).toEqual([false, 0]);
  beat();
  expect([isConnected(), losses()]).toEqual([true, 1]);
  beat();
  expect([isConnected(), losses()]).toEqual([true, 1]);
});

test('after a second without an echo, messages may have been lost', () => {
  const { isConnected, run, losses, beat } = connect();
  run(1000);
  expect([isConnected(), losses()]).toEqual([true, 1]);
  run(50);
  expect([isConnected(), losses()]).toEqual([false, 2]);
  beat();
  expect([isConnected(), losses()]).toEqual([true, 3]);
});

test('a lost connection counts again from the first echo of the next one', () => {
  const { lost, opened, isConnected, losses, nextHeartbeat, echoed } = connect();
  const late = nextHeartbeat();
  lost();
  lost();
  expect([isConnected(), losses()]).toEqual([false, 2]);
  opened();
  echoed(late);
  expect(isConnected()).toBe(false);
  echoed(nextHeartbeat());
  expect([isConnected(), losses()]).toEqual([true, 3]);
});

test('a process that was stopped waits for a heartbeat from after it', () => {
  const { isConnected, stop, tick, losses, nextHeartbeat, echoed } = connect();
  const before = nextHeartbeat();
  stop(500);
  expect(isConnected()).toBe(false);
  expect(tick()).toBe(true);
  expect(isConnected()).toBe(false);
  echoed(before);
  expect(isConnected()).toBe(false);
  echoed(nextHeartbeat());
  expect([isConnected(), losses()]).toEqual([true, 1]); // nothing was lost
});

test('an echo that is read before the first tick after a stop proves nothing', () => {
  const { isConnected, stop, tick, losses, opened, lost, nextHeartbeat, echoed } = connect();
  lost();
  opened();
  const before = nextHeartbeat();
  stop(500);
  echoed(before);
  expect([isConnected(), losses()]).toEqual([false, 2]);
  tick();
  echoed(nextHeartbeat());
  expect([isConnected(), losses()]).toEqual([true, 3]);
});

test.each([500, 3000])('after a stop of %s ms, messages wait unread until an echo', async (stopMs) => {
  const { whenTrusted, stop, tick, beat } = connect();
  expect(whenTrusted()).toBeNull();
  stop(stopMs);
  const trusted = whenTrusted();
  expect(trusted).toBe(whenTrusted());
  tick();
  beat();
  await trusted;
  expect(whenTrusted()).toBeNull();
});

test('after a loss, messages wait unread until the next connection echoes', async () => {
  const { whenTrusted, lost, opened, beat, run, losses } = connect();
  lost();
  const trusted = whenTrusted();
  expect(trusted).not.toBeNull();
  run(500);
  opened();
  run(2000);
  expect(whenTrusted()).toBe(trusted);
  beat();
  await trusted;
  expect([whenTrusted(), losses()]).toEqual([null, 3]);
});

test('that they are read is known after it is known that some were lost', async () => {
  const order: string[] = [];
  const liveness = createLiveness({
    now: () => 0,
    silenceMs: 1000,
    stallMs: 150,
    ticksOfHold: 20,
    onPossibleLoss: () => void order.push('loss'),
  });
  liveness.opened();
  const trusted = liveness.whenTrusted()?.then(() => order.push('trusted'));
  liveness.echoed(liveness.nextHeartbeat());
  await trusted;
  expect(order).toEqual(['loss', 'trusted']);
});

test('nobody waits longer than a second for the next connection', async () => {
  const { whenTrusted, lost, run, stop } = connect();
  lost();
  const trusted = whenTrusted();
  stop(5000); // no attempt to reconnect was made meanwhile
  expect(whenTrusted()).toBe(trusted);
  run(950);
  expect(whenTrusted()).toBe(trusted);
  run(50);
  await trusted;
  expect(whenTrusted()).toBeNull();
});

test('a connection that opens without an echo and is lost prolongs no wait', () => {
  const { whenTrusted, lost, opened, run } = connect();
  lost();
  run(600);
  opened();
  lost();
  run(400);
  expect(whenTrusted()).toBeNull();
});

test('once it is closed, nothing waits unread', async () => {
  const { whenTrusted, closed, lost } = connect();
  lost();
  const trusted = whenTrusted();
  closed();
  await trusted;
  expect(whenTrusted()).toBeNull();
});

test('before the first connection, nothing waits unread', () => {
  const { whenTrusted, lost } = open();
  expect(whenTrusted()).toBeNull();
  lost();
  expect(whenTrusted()).toBeNull();
});

test('after a doubt, a heartbeat is needed once the process runs again', () => {
  const { needsHeartbeat, nextHeartbeat, stop, tick } = connect();
  expect(needsHeartbeat()).toBe(false);
  nextHeartbeat();
  stop(500);
  expect(needsHeartbeat()).toBe(false); // the tick comes first
  tick();
  expect(needsHeartbeat()).toBe(true);
  nextHeartbeat();
  expect(needsHeartbeat()).toBe(false);
});

test('a stop is noticed even if a timer runs before the first call', () => {
  const { isConnected, stop, tick, beat } = connect();
  stop(500);
  expect(tick()).toBe(true);
  expect(tick()).toBe(false);
  expect(isConnected()).toBe(false);
  beat();
  expect(isConnected()).toBe(true);
});

test('a stop of more than a second is a possible loss', () => {
  const { isConnected, stop, tick, losses, beat } = connect();
  stop(3000);
  expect([isConnected(), losses()]).toEqual([false, 2]);
  tick();
  beat();
  expect([isConnected(), losses()]).toEqual([true, 3]);
});

test('a process that is a little busy is trusted', () => {
  const { isConnected, stop, tick } = connect();
  stop(150);
  expect(isConnected()).toBe(true);
  expect(tick()).toBe(false);
});
