import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createStreamWorld, recheckMs, timeoutMs } from './stream-world.ts';

let open: ReturnType<typeof createStreamWorld>;
beforeEach(() => {
  vi.useFakeTimers();
  open = createStreamWorld();
});
afterEach(() => void vi.useRealTimers());

const settled = () => vi.advanceTimersByTimeAsync(0);
const inMs = (ms: number) => new Date(Date.now() + ms);

describe('a change', () => {
  test('holds a stream back until its session is judged', async () => {
    open.store('a');
    const stream = open.open('a');
    expect(stream.isHeld()).toBe(false);
    open.changes.changed('token:a');
    expect(stream.isHeld()).toBe(true);
    await stream.clearance();
    expect(stream.isHeld()).toBe(false);
    expect(stream.ends).toEqual([]);
  });

  test('ends the streams of a session that is gone, once', async () => {
    open.store('a');
    const streams = [open.open('a'), open.open('a')];
    open.rows.clear();
    open.changes.changed('token:a');
    open.changes.changed('user:1');
    await settled();
    expect(streams.map(({ ends }) => ends)).toEqual([['INVALID_TOKEN'], ['INVALID_TOKEN']]);
    expect(vi.getTimerCount()).toBe(0);
  });

  test.each([
    ['token:a', ['a']],
    ['user:1', ['a', 'b']],
    ['client:2', ['b', 'c']],
    ['user:3', []],
    ['all', ['a', 'b', 'c']],
  ] as const)('of %s looks up the sessions that it concerns', async (scope, expected) => {
    open.store('a', { userId: 1, clientId: 1 });
    open.store('b', { userId: 1, clientId: 2 });
    open.store('c', { userId: 2, clientId: 2 });
    for (const selector of ['a', 'a', 'b', 'c']) open.open(selector);
    open.changes.changed(scope);
    await settled();
    expect(open.looked).toEqual(expected);
  });

  test('of several scopes looks up each session once', async () => {
    open.store('a');
    open.open('a');
    open.changes.changed('token:a', 'user:1', 'client:1');
    await settled();
    expect(open.looked).toEqual(['a']);
  });

  test('of a session that is held already is judged as well', async () => {
    open.store('a');
    const stream = open.open('a');
    open.world.delayMs = 10;
    open.changes.changed('token:a');
    await vi.advanceTimersByTimeAsync(5);
    open.rows.clear();
    open.changes.changed('token:a');
    await vi.advanceTimersByTimeAsync(5); // the first look-up, which began before, has found the session
    expect(stream.isHeld()).toBe(true);
    await vi.advanceTimersByTimeAsync(5);
    expect(stream.ends).toEqual(['INVALID_TOKEN']);
  });

  test('whose look-up fails is judged, although an earlier one succeeds', async () => {
    open.store('a', { expiresAt: inMs(5000) });
    const stream = open.open('a');
    open.world.delayMs = 10;
    open.changes.changed('token:a');
    open.world.delayMs = 0;
    open.world.isDown = true;
    open.changes.changed('token:a');
    await settled();
    open.world.isDown = false;
    await vi.advanceTimersByTimeAsync(10);
    expect(stream.isHeld()).toBe(true);
    await vi.advanceTimersByTimeAsync(1000);
    expect(stream.isHeld()).toBe(false);
    await vi.advanceTimersByTimeAsync(5000);
    expect(stream.ends).toEqual(['TOKEN_EXPIRED']);
  });

  test('ends only the streams whose demands the session no longer meets', async () => {
    open.store('a');
    const [any, web] = [open.open('a', { allowed: ['web', 'cli'] }), open.open('a')];
    open.store('a', { clientName: 'cli' });
    open.changes.changed('client:1');
    await settled();
    expect([any.ends, web.ends]).toEqual([[], ['CLIENT_NOT_ALLOWED']]);
    expect(any.isHeld()).toBe(false);
  });

  test.each([
    ['refuses', () => open.store('a', { clientName: 'cli' }), 'CLIENT_NOT_ALLOWED'],
    ['finds no', () => open.rows.clear(), 'INVALID_TOKEN'],
  ] as const)('whose look-up %s session ends no stream from after the next change', async (_how, change, code) => {
    open.store('a');
    const before = open.open('a');
    open.world.delayMs = 10;
    change();
    open.changes.changed('token:a');
    await vi.advanceTimersByTimeAsync(5);
    open.store('a');
    open.changes.changed('token:a');
    const after = open.open('a');
    await vi.advanceTimersByTimeAsync(20);
    expect([before.ends, after.ends]).toEqual([[code], []]);
    expect(after.isHeld()).toBe(false);
  });

  test('ends only the streams whose demands cannot be judged', async () => {
    open.store('a');
    const [failing, other] = [open.open('a', { failure: new Error('scopesOf failed') }), open.open('a')];
    open.changes.changed('token:a');
    await settled();
    expect([failing.ends, other.ends]).toEqual([['scopesOf failed'], []]);
    expect(other.isHeld()).toBe(false);
    await vi.advanceTimersByTimeAsync(5000);
    expect(open.looked).toEqual(['a']);
  });

  test('that came between the look-up and the stream is noticed', async () => {
    const record = open.store('a');
    const since = open.changes.count();
    open.rows.clear();
    open.changes.changed('token:a');
    const stream = open.openOf(record, { since });
    expect(stream.isHeld()).toBe(true);
    await settled();
    expect(stream.ends).toEqual(['INVALID_TOKEN']);
  });

  test('looks up at most 4 times 256 sessions at once', async () => {
    for (let id = 0; id < 1300; id += 1) {
      open.store(String(id));
      open.open(String(id));
    }
    open.world.delayMs = 10;
    open.changes.changed('client:1');
    expect(open.looked).toHaveLength(1024);
    await vi.advanceTimersByTimeAsync(10);
    expect(open.looked).toHaveLength(1300);
  });
});

describe('an expiry', () => {
  test('ends a stream at that instant', async () => {
    open.store('a', { expiresAt: inMs(5000) });
    const stream = open.open('a');
    await vi.advanceTimersByTimeAsync(4999);
    expect(stream.ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(stream.ends).toEqual(['TOKEN_EXPIRED']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that a refresh has moved ends it later', async () => {
    open.store('a', { expiresAt: inMs(5000) });
    const stream = open.open('a');
    open.store('a', { expiresAt: inMs(9000) });
    open.changes.changed('token:a');
    await vi.advanceTimersByTimeAsync(8999);
    expect(stream.ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(1);
    expect(stream.ends).toEqual(['TOKEN_EXPIRED']);
  });

  test('that another process has moved unheard is looked up when it is due', async () => {
    open.store('a', { expiresAt: inMs(5000) });
    const stream = open.open('a');
    open.store('a', { expiresAt: inMs(9000) });
    await vi.advanceTimersByTimeAsync(5000);
    expect(stream.ends).toEqual([]);
    expect(open.looked).toEqual(['a']);
    await vi.advanceTimersByTimeAsync(4000);
    expect(stream.ends).toEqual(['TOKEN_EXPIRED']);
  });

  test('is checked at each event, in case the timer is late', () => {
    open.store('a', { expiresAt: inMs(5000) });
    const stream = open.open('a');
    vi.setSystemTime(Date.now() + 5000);
    expect(stream.isHeld()).toBe(true);
  });

  test('of any of many sessions needs one timer', async () => {
    for (let id = 0; id < 100; id += 1) {
      open.store(String(id), { expiresAt: inMs(1000 * (100 - id)) });
      open.open(String(id));
    }
    expect(vi.getTimerCount()).toBe(1);
    await vi.advanceTimersByTimeAsync(1000);
    expect(open.looked).toEqual(['99']);
    expect(vi.getTimerCount()).toBe(1);
  });

  test('months away fits a timer', async () => {
    open.store('a', { expiresAt: inMs(90 * 86_400_000) });
    const stream = open.open('a');
    await vi.advanceTimersByTimeAsync(60_000);
    expect([stream.ends, open.looked]).toEqual([[], []]);
  });
});

describe('without announcements of other processes', () => {
  beforeEach(() => {
    open.world.isBusConnected = false;
  });

  test('sessions are looked up again every 30 seconds', async () => {
    open.store('a');
    const stream = open.open('a');
    await vi.advanceTimersByTimeAsync(2 * recheckMs);
    expect(open.looked).toEqual(['a', 'a']);
    open.rows.clear();
    await vi.advanceTimersByTimeAsync(recheckMs);
    expect(stream.ends).toEqual(['INVALID_TOKEN']);
  });

  test('nothing is held back by such a look-up', async () => {
    open.store('a');
    const stream = open.open('a');
    open.world.delayMs = 10;
    await vi.advanceTimersByTimeAsync(recheckMs);
    expect(open.looked).toEqual(['a']);
    expect(stream.isHeld()).toBe(false);
    await vi.advanceTimersByTimeAsync(10);
  });
});

test('while others are heard, nothing is looked up', async () => {
  open.store('a');
  open.open('a');
  await vi.advanceTimersByTimeAsync(10 * recheckMs);
  expect(open.looked).toEqual([]);
});

test('while announcements may wait unread, nothing is delivered', async () => {
  open.store('a');
  const stream = open.open('a');
  const read = Promise.withResolvers<void>();
  open.world.unread = read.promise;
  expect(stream.clearance()).toBe(read.promise);
  open.rows.clear();
  open.changes.changed('token:a'); // as it is read
  open.world.unread = null;
  expect(stream.isHeld()).toBe(true);
  await settled();
  expect(stream.ends).toEqual(['INVALID_TOKEN']);
});

test('when announcements may be missed, sessions are looked up at once', async () => {
  open.store('a');
  const stream = open.open('a');
  open.rows.clear();
  open.changes.missed();
  expect(stream.isHeld()).toBe(false);
  await settled();
  expect(stream.ends).toEqual(['INVALID_TOKEN']);
});

describe('while the database is down', () => {
  beforeEach(() => {
    open.world.isDown = true;
  });

  test('a session is looked up every second, and its stream stays held', async () => {
    open.store('a');
    const stream = open.open('a');
    open.changes.changed('token:a');
    await vi.advanceTimersByTimeAsync(3500);
    expect(open.looked).toHaveLength(4);
    expect([stream.ends, stream.isHeld()]).toEqual([[], true]);
    open.world.isDown = false;
    await vi.advanceTimersByTimeAsync(500);
    expect([stream.ends, stream.isHeld()]).toEqual([[], false]);
    await vi.advanceTimersByTimeAsync(5000);
    expect(open.looked).toHaveLength(5);
  });

  test('a stream that no known change concerns continues', async () => {
    open.store('a');
    const stream = open.open('a');
    open.changes.missed();
    await vi.advanceTimersByTimeAsync(2000);
    expect(stream.isHeld()).toBe(false);
  });

  test('its streams end when that lasts too long', async () => {
    open.store('a');
    const stream = open.open('a');
    open.changes.changed('token:a');
    await vi.advanceTimersByTimeAsync(timeoutMs - 1);
    expect(stream.ends).toEqual([]);
    await vi.advanceTimersByTimeAsync(1000);
    expect(stream.ends).toEqual(['STORE_UNAVAILABLE']);
    expect(vi.getTimerCount()).toBe(0);
  });

  test('that lasts from the change on, however slowly look-ups fail', async () => {
    open.store('a');
    const stream = open.open('a');
    open.world.delayMs = timeoutMs;
    open.changes.changed('token:a');
    await vi.advanceTimersByTimeAsync(timeoutMs);
    expect(stream.ends).toEqual(['STORE_UNAVAILABLE']);
  });

  test('many sessions are not looked up more often than that', async () => {
    for (let id = 0; id < 600; id += 1) {
      open.store(String(id));
      open.open(String(id));
    }
    open.world.delayMs = 10;
    open.changes.changed('all');
    await vi.advanceTimersByTimeAsync(2500);
    expect(open.looked.length).toBeLessThanOrEqual(3 * 600);
  });
});

describe('a stream that is closed', () => {
  test('leaves no timer and is not looked up', async () => {
    open.store('a', { expiresAt: inMs(5000) });
    const stream = open.open('a');
    stream.close();
    stream.close();
    expect(vi.getTimerCount()).toBe(0);
    open.changes.changed('token:a');
    await settled();
    expect([open.looked, stream.ends, stream.isHeld()]).toEqual([[], [], false]);
  });

  test('keeps nobody waiting for its session to be judged', async () => {
    open.store('a');
    const stream = open.open('a');
    open.world.isDown = true;
    open.changes.changed('token:a');
    await settled();
    const cleared = stream.clearance()?.then(() => 'cleared');
    stream.close();
    await settled();
    await expect(Promise.race([cleared, Promise.resolve('still waiting')])).resolves.toBe('cleared');
  });

  test('leaves the others of its session alone', async () => {
    open.store('a');
    const [first, second] = [open.open('a'), open.open('a')];
    first.close();
    open.rows.clear();
    open.changes.changed('token:a');
    await settled();
    expect([first.ends, second.ends]).toEqual([[], ['INVALID_TOKEN']]);
  });
});

test('closing ends all streams, and those that are opened later', async () => {
  open.store('a');
  const before = open.open('a');
  open.streams.close();
  const after = open.open('a');
  expect([before.ends, after.ends]).toEqual([['STORE_UNAVAILABLE'], ['STORE_UNAVAILABLE']]);
  expect(vi.getTimerCount()).toBe(0);
});
