import KeyvRedis from '@keyv/redis';
import { Keyv } from 'keyv';
import { expect, test } from 'vitest';
import { parseOptions } from '../../../src/options/parse-options.ts';
import { postgresBus } from '../../../src/postgres/index.ts';

const store = { get: () => undefined, set: () => true, delete: () => true };
const overCluster = new KeyvRedis({ rootNodes: [{ url: 'redis://localhost:7000' }] });
const bus = { start() {}, isConnected: () => true, publish: async () => {}, close: async () => {} };

function resolve(cache: unknown) {
  const required = {
    orm: { getMetadata() {}, em: { getPlatform() {} } },
    entities: { User: {}, Client: {}, AuthToken: {} },
    secret: 'x'.repeat(32),
    verifyCredentials: () => null,
  };
  return parseOptions({ ...required, cache }).cache;
}

test.each<[why: string, cache: unknown, message: RegExp]>([
  ['there is no ttl', {}, /cache\.ttl/],
  ['the ttl is 0', { ttl: 0 }, /cache\.ttl must be a duration/],
  ['the ttl is 0 seconds', { ttl: '0s' }, /cache\.ttl must be a duration/],
  ['the ttl is negative', { ttl: -1 }, /cache\.ttl must be a duration/],
  ['the ttl is not a duration', { ttl: 'a minute' }, /cache\.ttl must be a duration/],
  ['the ttl is null', { ttl: null }, /cache\.ttl must be a duration/],
  ['the ttl is over an hour, with a store', { ttl: '61m', store }, /cache\.ttl must be at most 1 hour/],
  ['a key is unknown', { ttl: '60s', tll: '60s' }, /unknown option of cache 'tll'/],
  ['cache is a number', 60, /cache must be/],
  ['cache is true', true, /cache must be/],
  ['the ttl is over an hour, with a bus', { ttl: '61m', bus }, /cache\.ttl must be at most 1 hour/],
  ['the store has no methods', { ttl: '60s', store: {} }, /cache\.store must have the methods get, set, delete/],
  ['the store lacks a method', { ttl: '60s', store: { ...store, delete: 1 } }, /cache\.store must have the methods/],
  ['the store is a URL', { ttl: '60s', store: 'redis://localhost' }, /cache\.store must have the methods/],
  ["the store's getMany is not a method", { ttl: '60s', store: { ...store, getMany: true } }, /cache\.store/],
  [
    'the store is a KeyvRedis over a cluster',
    { ttl: '60s', store: overCluster },
    /cache\.store .* Use redisStore\(cluster\)/,
  ],
  [
    'the store is a Keyv over such a one',
    { ttl: '60s', store: new Keyv(overCluster) },
    /cache\.store .* over a cluster/,
  ],
  ['the bus has no methods', { ttl: '60s', store, bus: {} }, /cache\.bus must have the methods start/],
  ['the bus is null', { ttl: '60s', store, bus: null }, /cache\.bus must have the methods/],
  ['a postgresBus has a store', { ttl: '60s', store, bus: postgresBus() }, /cache\.bus .* without a store.* redisBus/],
  ['there is a timeout but no store', { ttl: '60s', timeout: 100 }, /cache\.timeout .* must have a store beside it/],
  ['maxSessions is 0', { ttl: '60s', maxSessions: 0 }, /cache\.maxSessions must be at least 1/],
  ['maxSessions is half a session', { ttl: '60s', maxSessions: 0.5 }, /cache\.maxSessions must be a whole number/],
  ['timeout is 0', { ttl: '60s', store, timeout: 0 }, /cache\.timeout must be at least 1/],
  ['timeout is text', { ttl: '60s', store, timeout: '1s' }, /cache\.timeout must be a whole number/],
])('the option cache is refused if %s', (_why, cache, message) => {
  expect(() => resolve(cache)).toThrow(message);
  expect(() => resolve(cache)).toThrow(expect.objectContaining({ name: 'DurinUsageError' }));
});

test('a KeyvRedis over one server is taken, also in a Keyv', () => {
  const single = new KeyvRedis('redis://localhost:6379');
  expect(resolve({ ttl: '60s', store: single })?.store).toBe(single);
  expect(resolve({ ttl: '60s', store: new Keyv(single) })).not.toBeNull();
});

test('without the option, nothing is cached', () => {
  expect(resolve(undefined)).toBeNull();
});

test('with a store or a bus the ttl is at most an hour, else any', () => {
  expect(resolve({ ttl: '1h', store })?.ttlMs).toBe(3_600_000);
  expect(resolve({ ttl: '1h', bus })?.ttlMs).toBe(3_600_000);
  expect(resolve({ ttl: '7d' })?.ttlMs).toBe(604_800_000);
});

test('every option but the ttl has a default', () => {
  expect(resolve({ ttl: '1m' })).toEqual({
    ttlMs: 60_000,
    maxSessions: 10_000,
    deadlineMs: 100,
    store: null,
    bus: null,
  });
  expect(resolve({ ttl: 5, store, bus, timeout: 20, maxSessions: 1 })).toEqual({
    ttlMs: 5000,
    maxSessions: 1,
    deadlineMs: 20,
    store,
    bus,
  });
});
