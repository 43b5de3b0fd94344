import { digest } from './digest.ts';
import { type KnownNetworks, maxNetworks, rememberedSeconds } from './known-networks.ts';
import type { RateLimitRedis } from './rate-limit-redis.ts';
import type { StoreCircuit } from './store-circuit.ts';

export interface RedisKnownNetworksDeps {
  readonly redis: RateLimitRedis;
  readonly circuit: StoreCircuit;
  /** Starts the keys in Redis. */
  readonly prefix: string;
  /** Remembers as well, and answers while Redis fails. */
  readonly memory: KnownNetworks;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

const rememberScript = `
redis.call('ZADD', KEYS[1], ARGV[1], ARGV[2])
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
return 1
`;

const findScript = "return redis.call('ZSCORE', KEYS[1], ARGV[1]) or '0'";

/** Remembers in Redis, for all processes: a sorted set per user name, of digests of networks by the time of their last use. */
export function createRedisKnownNetworks(deps: RedisKnownNetworksDeps): KnownNetworks {
  const { redis, circuit, prefix, memory, now } = deps;
  const keyOf = (name: string) => `${prefix}:networks:${name}`;

  return {
    async has(name, network) {
      const oldest = now() - rememberedSeconds * 1000;
      const input = { keys: [keyOf(name)], arguments: [memberOf(name, network)] };
      const usedAt = await circuit.call(async () => Number(await redis.eval(findScript, input)));
      return usedAt === null ? memory.has(name, network) : usedAt > oldest;
    },
    async remember(name, network) {
      await memory.remember(name, network);
      const limits = [String(maxNetworks), String(rememberedSeconds)];
      const input = { keys: [keyOf(name)], arguments: [String(now()), memberOf(name, network), ...limits] };
      await circuit.call(() => redis.eval(rememberScript, input));
    },
  };
}

/** Contains the name, so that two users who share an address have different digests. */
function memberOf(name: string, network: string): string {
  return digest(`${name} ${network}`);
}
