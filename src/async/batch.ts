import { setImmediate } from 'node:timers';

/**
 * Answers single questions with few statements: those that come up while the event loop serves what has arrived are
 * asked together, once that is done. One alone waits for nothing; a key asked for twice is asked once. The idea is that
 * of DataLoader (Facebook, 2010), without its cache.
 * @param load gives what it found; a key that is missing was not found
 * @param maxKeys the most keys that one load gets
 */
export function batch<TKey, TValue>(
  load: (keys: readonly TKey[]) => Promise<ReadonlyMap<TKey, TValue>>,
  maxKeys: number,
): (key: TKey) => Promise<TValue | null> {
  type Answer = PromiseWithResolvers<TValue | null>;
  let waiting = new Map<TKey, Answer>();

  async function answer(asked: ReadonlyMap<TKey, Answer>): Promise<void> {
    try {
      const found = await load([...asked.keys()]);
      for (const [key, { resolve }] of asked) resolve(found.get(key) ?? null);
    } catch (error) {
      for (const { reject } of asked.values()) reject(error);
    }
  }

  function ask(): void {
    if (waiting.size === 0) return;
    const asked = waiting;
    waiting = new Map();
    void answer(asked);
  }

  return function loadBatched(key) {
    const known = waiting.get(key);
    if (known !== undefined) return known.promise;
    const own: Answer = Promise.withResolvers();
    waiting.set(key, own);
    if (waiting.size === 1) setImmediate(ask);
    if (waiting.size >= maxKeys) ask();
    return own.promise;
  };
}
