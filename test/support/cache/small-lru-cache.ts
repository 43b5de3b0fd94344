import type * as LRUCacheModule from 'lru-cache';

/** For `vi.mock`: LRUCache allocates its room at once, which would take longer than the rest of a short run. */
export async function withSmallCaches(
  importOriginal: () => Promise<typeof LRUCacheModule>,
): Promise<typeof LRUCacheModule> {
  const { LRUCache, ...others } = await importOriginal();
  class SmallCache<K extends {}, V extends {}, FC> extends LRUCache<K, V, FC> {
    constructor(options: LRUCacheModule.LRUCache.Options<K, V, FC>) {
      super({ ...options, max: 100 });
    }
  }
  return { ...others, LRUCache: SmallCache };
}
