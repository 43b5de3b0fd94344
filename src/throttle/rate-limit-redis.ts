/** A connection of the package `redis`, as far as counting uses it: a client, a pool, a cluster or a sentinel. */
export interface RateLimitRedis {
  /** `false` while it is not connected. */
  readonly isReady?: boolean | undefined;
  eval(script: string, options: ScriptInput): Promise<unknown>;
  evalSha(sha1: string, options: ScriptInput): Promise<unknown>;
}

interface ScriptInput {
  keys: string[];
  arguments: string[];
}
