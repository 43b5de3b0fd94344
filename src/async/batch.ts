import { setImmediate } from 'node:timers';

/**
 * Answers single questions with few statements, as DataLoader (Facebook, 2010) does, but without its cache. Keys that are
 * requested during one turn of the event loop are loaded together at its end. A key that is requested twice is loaded
 * once.
 * @param load returns what it found; a key that is missing from the map was not found
 * @param maxBatchSize the most keys that one `load` receives
 */
export function batch<TKey, TValue>(
  load: (keys: readonly TKey[]) => Promise<ReadonlyMap<TKey, TValue>>,
  maxBatchSize: number,
): (key: TKey) => Promise<TValue | null> {
  type Answer = PromiseWithResolvers<TValue | null>;
  let waiting = new Map<TKey, Answer>();

  async function loadInto(answers: ReadonlyMap<TKey, Answer>): Promise<void> {
    try {
      const found = await load([...answers.keys()]);
      for (const [key, { resolve }] of answers) resolve(found.get(key) ?? null);
    } catch (error) {
      for (const { reject } of answers.values()) reject(error);
    }
  }

  function loadWaiting(): void {
    if (waiting.size === 0) return;
    const answers = waiting;
    waiting = new Map();
    void loadInto(answers);
  }

  return function loadBatched(key) {
    const known = waiting.get(key);
    if (known !== undefined) return known.promise;
    const answer: Answer = Promise.withResolvers();
    waiting.set(key, answer);
    if (waiting.size === 1) setImmediate(loadWaiting);
    if (waiting.size >= maxBatchSize) loadWaiting();
    return answer.promise;
  };
}
