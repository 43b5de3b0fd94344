/** A connection to Redis, as far as counting uses it: a client, a pool, a cluster or a sentinel of the package `redis`. */
export interface RateLimitRedis {
  /** `false` while it is not connected. */
  readonly isReady?: boolean | undefined;
  eval(script: string, options: ScriptInput): Promise<unknown>;
}

interface ScriptInput {
  keys: string[];
  arguments: string[];
}

/** A client or cluster of ioredis, as far as counting uses it. */
export interface Ioredis {
  readonly status: string;
  defineCommand(name: string, definition: { lua: string; numberOfKeys?: number }): void;
  eval(script: string, keyCount: number, ...keysAndArguments: string[]): Promise<unknown>;
}

export function isIoredis(redis: RateLimitRedis | Ioredis): redis is Ioredis {
  return typeof (redis as Partial<Ioredis>).defineCommand === 'function';
}

/** An ioredis with the interface of the package `redis`. With `lazyConnect` it waits for the first command to connect. */
export function fromIoredis(redis: Ioredis): RateLimitRedis {
  return {
    get isReady() {
      return redis.status === 'ready' || redis.status === 'wait';
    },
    eval: (script, { keys, arguments: values }) => redis.eval(script, keys.length, ...keys, ...values),
  };
}
