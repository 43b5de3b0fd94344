import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createCache } from '../../../src/cache/create-cache.ts';
import { type Scope, type SessionCache, tokenScope, userScope } from '../../../src/cache/session-cache.ts';
import type { KeyValueStore } from '../../../src/cache/shared-store.ts';
import { bucketOf, keyIn } from '../../../src/cache/trust/buckets.ts';
import { cacheParts, FakeBusNetwork, FakeDatabase, versionOf } from '../../support/cache/cache-parts.ts';
import { createClock } from '../../support/clock.ts';

/** A store with a fault: what it does with each call, before its values are touched. */
interface Fault {
  set?(key: string): unknown;
  delete?(key: string): unknown;
  read?(key: string, read: (key: string) => string | undefined): unknown;
}

const refuse = (message: string) => () => {
  throw new Error(message);
};
const neverAnswer = () => new Promise<never>(() => {});
const oom = refuse("OOM command not allowed when used memory > 'maxmemory'.");
const readOnly = refuse("READONLY You can't write against a read only replica.");
const misconf = refuse('MISCONF Redis is configured to save RDB snapshots, but it is unable to persist to disk.');

/** The timeout of a call is not faked, so it is short. */
const deadlineMs = 10;
const opened: SessionCache[] = [];
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(async () => {
  await Promise.all(opened.splice(0).map((cache) => cache.close()));
  vi.useRealTimers();
});

/** Two processes on one store. `a` and `b` are tokens of one user. */
function open(kind: 'shared' | 'layered') {
  const clock = createClock();
  const database = new FakeDatabase();
  database.add('a');
  database.add('b');
  const values = new Map<string, string>();
  let fault: Fault = {};
  const network = new FakeBusNetwork();
  const outages: string[] = [];
  const read = (key: string) => values.get(key);
  const store: KeyValueStore = {
    get: neverAnswer,
    getMany: async (keys) => Promise.all(keys.map((key) => (fault.read ?? ((sought, of) => of(sought)))(key, read))),
    async set(key, value) {
      if ((await fault.set?.(key)) !== 'lost') values.set(key, value);
    },
    async delete(key) {
      if ((await fault.delete?.(key)) !== 'lost') values.delete(key);
    },
  };
  function start() {
    const bus = kind === 'layered' ? network.join() : null;
    const onOutage = {
      unavailable: (reason: string) => void outages.push(reason),
      recovered: () => void outages.push('recovered'),
    };
    const watchPart = (part: string) => (part === 'store' ? onOutage : cacheParts.watchPart());
    const settings = { ttlMs: 60_000, maxSessions: 10, deadlineMs, store, bus };
    const cache = createCache(settings, { ...cacheParts, now: clock, monotonicNow: clock, watchPart });
    opened.push(cache);
    return cache;
  }
  const [here, there] = [start(), start()];
  const find = async (cache: SessionCache, selector = 'a') =>
    versionOf((await cache.find(selector, database.load))?.record);
  return {
    clock,
    database,
    values,
    outages,
    here,
    there,
    find,
    fail(with_: Fault) {
      fault = with_;
    },
    async warm() {
      for (const cache of [here, there, here, there]) for (const selector of ['a', 'b']) await find(cache, selector);
      const { asked } = database;
      expect(await find(there)).toBe(1);
      expect(database.asked).toBe(asked); // from the cache
    },
    /** Revokes the token, or all of its user, in the first process. */
    async end(scope: Scope) {
      database.rows.clear();
      await here.invalidate(scope);
    },
  };
}

const scopes = [tokenScope('a'), userScope(1)];
const kinds = ['shared', 'layered'] as const;
const everyCase = kinds.flatMap((kind) => scopes.map((scope) => ({ kind, scope })));
const withBus = scopes.map((scope) => ({ kind: 'layered' as const, scope }));

/** The revocation is seen by the next look-up of the other process. */
const seenAtOnce: [fault: string, Fault, typeof everyCase][] = [
  ['is full, and refuses to set', { set: oom }, everyCase],
  ['does not answer any more', { set: neverAnswer, delete: neverAnswer, read: neverAnswer }, everyCase],
  ['became a replica that refuses all writes', { set: readOnly, delete: readOnly }, withBus],
  ['cannot persist and refuses all writes', { set: misconf, delete: misconf }, withBus],
  ['accepts writes and loses them', { set: () => 'lost', delete: () => 'lost' }, withBus],
  ['accepts deletions only, and loses them', { set: oom, delete: () => 'lost' }, withBus],
  ['is slow to write', { set: neverAnswer, delete: neverAnswer }, withBus],
];
const cases = seenAtOnce.flatMap(([fault, how, of]) => of.map((each) => ({ fault, how, ...each })));

test.each(cases)('a $kind store that $fault hides no change of $scope', async ({ how, kind, scope }) => {
  const app = open(kind);
  await app.warm();
  app.fail(how);
  await app.end(scope);
  expect([await app.find(app.here), await app.find(app.there)]).toEqual([null, null]);
  app.fail({});
  await vi.advanceTimersByTimeAsync(2000);
  expect([await app.find(app.here), await app.find(app.there)]).toEqual([null, null]);
});

test.each(withBus)('a fence of $scope that is lost later revives no session', async ({ kind, scope }) => {
  const app = open(kind);
  await app.warm();
  const entries = [...app.values].filter(([key]) => key.startsWith('durin:session:'));
  await app.end(scope);
  app.values.delete(keyIn(bucketOf(scope), 'fence', `test:${scope}`));
  for (const [key, value] of entries) app.values.set(key, value);
  expect([await app.find(app.here), await app.find(app.there)]).toEqual([null, null]);
});

test.each([
  ['READONLY', readOnly],
  ['MISCONF', misconf],
])('without a bus, a store that answers %s is found out within a second', async (_name, how) => {
  const app = open('shared');
  await app.warm();
  app.fail({ set: how, delete: how });
  await app.end(tokenScope('a'));
  app.clock.advance(1);
  await vi.waitFor(async () => expect(await app.find(app.there)).toBeNull());
});

const refuseOne = (key: string) => key.includes(`{${bucketOf(tokenScope('a'))}}`) && readOnly();

test('one part of a store that refuses writes is found out within a second', async () => {
  const app = open('shared');
  await app.warm();
  app.fail({ set: refuseOne, delete: refuseOne });
  await app.end(tokenScope('a'));
  app.clock.advance(1);
  await vi.waitFor(async () => expect(await app.find(app.there)).toBeNull());
});

describe('what the store answers', () => {
  test.each(kinds)('the entry of another token is not used (%s)', async (kind) => {
    const app = open(kind);
    await app.warm();
    const { asked } = app.database;
    const keys = [...app.values.keys()];
    const [a = '', b = ''] = ['a', 'b'].map((end) => keys.find((key) => key.endsWith(`:${end}`)));
    app.fail({ read: (key, read) => read(key === a ? b : key) });
    app.clock.advance(0.1);
    for (const cache of [app.here, app.there]) {
      cache.receive(tokenScope('a'), null); // so that memory does not answer
      const found = await cache.find('a', app.database.load);
      expect(found?.record.selector).toBe('a');
    }
    expect(app.database.asked).toBeGreaterThan(asked);
  });
});

test('an outage is reported once, and so is its end', async () => {
  const app = open('shared');
  await app.warm();
  app.fail({ set: oom });
  await app.here.invalidate(tokenScope('nobody'));
  for (let time = 0; time < 30; time += 1) {
    await app.here.invalidate(tokenScope('nobody'));
    await vi.advanceTimersByTimeAsync(100);
  }
  const reason = "OOM command not allowed when used memory > 'maxmemory'.";
  expect(app.outages).toEqual([reason]);
  app.fail({});
  await vi.advanceTimersByTimeAsync(3000);
  expect(app.outages).toEqual([reason, 'recovered']);
});

test('a store that fails again at once has not recovered', async () => {
  const app = open('shared');
  await app.warm();
  app.fail({ set: (key) => (key.includes(':epoch:') ? null : oom()) });
  for (let time = 0; time < 30; time += 1) {
    await app.here.invalidate(tokenScope('nobody'));
    await vi.advanceTimersByTimeAsync(100);
  }
  expect(app.outages).toHaveLength(1);
});
