export type { Bus } from '../cache/bus.ts';
export { type RedisBusOptions, type RedisBusSettings, redisBus } from './redis-bus.ts';
export type { ConnectedRedis, RedisOptions } from './redis-input.ts';
export { type RedisStore, type RedisStoreOptions, type RedisStoreSettings, redisStore } from './redis-store.ts';
