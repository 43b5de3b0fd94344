import { LRUCache } from 'lru-cache';
import { atMost } from '../values/at-most.ts';

/** Remembers the networks that a user has signed in from, so that guesses from elsewhere do not lock the user out. */
export interface KnownNetworks {
  /** @param name the digest of a user name */
  has(name: string, network: string): Promise<boolean>;
  remember(name: string, network: string): Promise<void>;
}

/** A network is removed this long after the last login from it. */
export const rememberedSeconds = 30 * 86_400;
/** Networks per user name: a home, an office, a phone, and some of what travelling adds. */
export const maxNetworks = 10;
/** Bounds the memory at about 50 MB. Only right passwords add to it. */
const maxNames = 50_000;

/**
 * Remembers in this process.
 * @param now the clock, in milliseconds
 */
export function createMemoryKnownNetworks(now: () => number): KnownNetworks {
  /** For each name, until when each network is remembered. The network that was used last is the last one. */
  const names = new LRUCache<string, Map<string, number>>(atMost(maxNames));

  return {
    async has(name, network) {
      return now() < (names.get(name)?.get(network) ?? 0);
    },
    async remember(name, network) {
      const networks = names.get(name) ?? new Map<string, number>();
      networks.delete(network);
      networks.set(network, now() + rememberedSeconds * 1000);
      for (const oldest of networks.keys()) {
        if (networks.size <= maxNetworks) break;
        networks.delete(oldest);
      }
      names.set(name, networks);
    },
  };
}
