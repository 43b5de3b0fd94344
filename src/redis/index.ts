export type { Bus } from '../cache/bus.ts';
export { type RedisBusOptions, redisBus } from './redis-bus.ts';
export { type RedisStore, type RedisStoreOptions, redisStore } from './redis-store.ts';
