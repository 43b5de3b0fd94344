import type { KeyValueStore } from '../../../src/cache/shared-store.ts';
import { buckets } from '../../../src/cache/trust/buckets.ts';

/** How a process reaches the store. */
export interface Reach {
  readonly name: string;
  isCutOff: boolean;
  /** Whether the store rejects the next write of this process. */
  isRefusedOnce: boolean;
}

/** A server that holds a part of the buckets, or all. */
interface Shard {
  values: Map<string, { readonly value: string; readonly until: number }>;
  snapshot: Shard['values'];
  /** Each start has a number. */
  starts: number;
}

export interface ScheduledStoreOptions {
  /** Of how many servers it consists. */
  readonly shardCount: number;
  /** Whether it tells its servers apart, before and after a restart too. */
  readonly namesServers: boolean;
  /** Whether it has no `getMany`. */
  readonly isAskedSingly: boolean;
  /** Waits until the scheduler lets the labelled event happen. */
  readonly step: (label: string) => Promise<void>;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** The store of the explorer: requests and responses arrive when the scheduler decides, and its servers restart. */
export class ScheduledStore {
  readonly #options: ScheduledStoreOptions;
  readonly #shards: readonly Shard[];

  constructor(options: ScheduledStoreOptions) {
    this.#options = options;
    this.#shards = Array.from({ length: options.shardCount }, () => ({
      values: new Map(),
      snapshot: new Map(),
      starts: 0,
    }));
  }

  /** One server loses everything, or all do. */
  restartEmpty(number?: number): void {
    for (const shard of this.#some(number)) {
      shard.values = new Map();
      shard.starts += 1;
    }
  }

  keepSnapshot(number?: number): void {
    for (const shard of this.#some(number)) shard.snapshot = new Map(shard.values);
  }

  restartFromSnapshot(number?: number): void {
    for (const shard of this.#some(number)) {
      shard.values = new Map(shard.snapshot);
      shard.starts += 1;
    }
  }

  /** The store as this process reaches it, unless it is cut off. */
  connect(reach: Reach): KeyValueStore {
    const { step, namesServers, isAskedSingly } = this.#options;
    /** The start of each server that the process is connected with. */
    const connected = new Map<Shard, number>();
    let changeTopology: ((error: unknown) => void) | null = null;

    async function ask<T>(what: string, shard: Shard, work: () => T): Promise<T> {
      const { starts } = shard;
      await step(`${reach.name} asks the store to ${what}`);
      if (reach.isCutOff) throw new Error('the store is down');
      if (reach.isRefusedOnce && what.startsWith('set')) {
        reach.isRefusedOnce = false;
        throw new Error('the store is full');
      }
      // A single call may have waited until the store was back; of several calls some were lost.
      if (what.startsWith('get ') && starts !== shard.starts) throw new Error('the store was restarted');
      if (connected.get(shard) !== shard.starts) changeTopology?.(null);
      connected.set(shard, shard.starts);
      const answer = work();
      const startsThen = shard.starts;
      await step(`${reach.name} gets the response to ${what}`);
      if (reach.isCutOff || startsThen !== shard.starts) throw new Error('the store is down');
      return answer;
    }

    /** Asks each server for its part of the keys. */
    const askEach = async <T>(what: string, keys: readonly string[], work: (key: string) => T): Promise<T[]> => {
      const parts = this.#shards.map(async (shard) => {
        const own = keys.filter((key) => this.#shardOf(key) === shard);
        const answers = own.length === 0 ? [] : await ask(`${what} ${own.length}`, shard, () => own.map(work));
        return own.map((key, index) => [key, answers[index] as T] as const);
      });
      const byKey = new Map((await Promise.all(parts)).flat());
      return keys.map((key) => byKey.get(key) as T);
    };

    /** What is written at one time goes to each server as one. */
    const waiting = new Map<Shard, { readonly writes: (() => void)[]; readonly sent: Promise<void> }>();
    function write(shard: Shard, work: () => void): Promise<void> {
      const writes: (() => void)[] = [];
      const together = waiting.get(shard) ?? {
        writes,
        sent: Promise.resolve().then(() => {
          waiting.delete(shard);
          return ask(`set ${writes.length}`, shard, () => {
            for (const each of writes) each();
          });
        }),
      };
      waiting.set(shard, together);
      together.writes.push(work);
      return together.sent;
    }

    const store = {
      get: (key: string) => ask(`get ${key}`, this.#shardOf(key), () => this.#read(key)),
      set: (key: string, value: string, ttl: number) =>
        write(this.#shardOf(key), () => {
          this.#shardOf(key).values.set(key, { value, until: this.#options.now() + ttl });
        }),
      delete: (key: string) => ask(`delete ${key}`, this.#shardOf(key), () => this.#shardOf(key).values.delete(key)),
      ...(isAskedSingly ? {} : { getMany: (keys: string[]) => askEach('getMany', keys, (key) => this.#read(key)) }),
    };
    if (!namesServers) return store;
    const events = {
      on(event: string, listener: (error: unknown) => void) {
        if (event === 'topology-change') changeTopology = listener;
      },
      off() {},
    };
    const serversOf = (keys: string[]) => askEach('name servers', keys, (key) => `s${this.#shardOf(key).starts}`);
    return { ...store, ...events, serversOf };
  }

  #read(key: string): string | undefined {
    const known = this.#shardOf(key).values.get(key);
    return known !== undefined && this.#options.now() < known.until ? known.value : undefined;
  }

  #some(number: number | undefined): readonly Shard[] {
    return number === undefined ? this.#shards : this.#shards.slice(number, number + 1);
  }

  #shardOf(key: string): Shard {
    const number = buckets.findIndex((bucket) => key.includes(`{${bucket}}`)) % this.#shards.length;
    const shard = this.#shards[number];
    if (shard === undefined) throw new Error(`no server holds ${key}`);
    return shard;
  }
}
