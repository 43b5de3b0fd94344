import { type Bucket, buckets } from './buckets.ts';

/**
 * Which server holds each bucket, as far as this process knows. A server that was restarted, or that a replica has
 * replaced, counts as another one: what was written to the earlier one may be lost, or be set back to an older state.
 */
export interface KnownServers {
  /** `null`: it must be asked for. Asks in the background before it would be. */
  current(): Servers | null;
  /** Asks the store. Calls at one time share the answer. */
  ask(): Promise<Servers>;
  /** Called when a connection of this process may lead to another server. */
  forget(): void;
}

/** The server of a bucket, as a short text; the empty one where the store does not know its servers. */
export type Servers = (bucket: Bucket) => string;

export interface KnownServersOptions {
  /** Returns a text for each bucket, in their order. */
  readonly askStore: () => Promise<readonly string[]>;
  /** For how long an answer is good, in milliseconds. */
  readonly maxAgeMs: number;
  /** A clock that nobody sets, in milliseconds. */
  readonly now: () => number;
}

export function createKnownServers({ askStore, maxAgeMs, now }: KnownServersOptions): KnownServers {
  let known: { readonly servers: Servers; readonly askedAt: number } | null = null;
  let asking: Promise<Servers> | null = null;
  let connections = 0;

  /** An answer from before a connection changed is about the earlier connection. */
  async function askUntilSettled(): Promise<Servers> {
    for (;;) {
      const connectionsBefore = connections;
      const askedAt = now();
      const names = await askStore();
      if (connections !== connectionsBefore) continue;
      const byBucket = new Map(buckets.map((bucket, index) => [bucket, names[index] ?? '']));
      const servers: Servers = (bucket) => byBucket.get(bucket) ?? '';
      known = { servers, askedAt };
      return servers;
    }
  }

  function ask(): Promise<Servers> {
    asking ??= askUntilSettled().finally(() => {
      asking = null;
    });
    return asking;
  }

  return {
    current() {
      if (known === null) return null;
      const age = now() - known.askedAt;
      if (age >= maxAgeMs / 2) ask().catch(() => {}); // the next look-up that needs the answer asks again
      return age < maxAgeMs ? known.servers : null;
    },
    ask,
    forget() {
      connections += 1;
      known = null;
    },
  };
}
