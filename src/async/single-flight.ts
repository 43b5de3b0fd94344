/** A load in progress. */
export interface InFlight<T> {
  /** Its place in the order of starts, in the same count as `nextNumber`. */
  readonly number: number;
  readonly answer: Promise<T>;
  /** Resolves once the load has ended, whether it succeeded or failed. */
  readonly settled: Promise<unknown>;
}

/**
 * Lets callers that request a key while it is being loaded share that load. The caller decides whether it may: numbers
 * show which of two things started first.
 */
export interface SingleFlight<T> {
  /** Numbers something that starts now, so that it can be compared with a load. */
  nextNumber(): number;
  /** The load of this key that is in progress, unless it is outdated. */
  inFlight(key: string): InFlight<T> | undefined;
  /**
   * Starts a load. Until it has settled, `inFlight` returns it.
   * @param load receives a function that returns whether the load has become outdated
   */
  start(key: string, load: (isOutdated: () => boolean) => Promise<T>): Promise<T>;
  /** Marks the loads of these keys as outdated: they continue, but `inFlight` no longer returns them. */
  outdate(isSelected: (key: string) => boolean): void;
}

export function createSingleFlight<T>(): SingleFlight<T> {
  const loads = new Map<string, InFlight<T> & { markOutdated(): void }>();
  let lastNumber = 0;

  function nextNumber(): number {
    lastNumber += 1;
    return lastNumber;
  }

  return {
    nextNumber,
    inFlight: (key) => loads.get(key),
    start(key, load) {
      const number = nextNumber();
      let isOutdated = false;
      const markOutdated = () => {
        isOutdated = true;
      };
      const answer = load(() => isOutdated);
      const started = { number, answer, settled: Promise.allSettled([answer]), markOutdated };
      loads.set(key, started);
      const remove = () => {
        if (loads.get(key) === started) loads.delete(key);
      };
      answer.then(remove, remove);
      return answer;
    },
    outdate(isSelected) {
      for (const [key, load] of loads) {
        if (!isSelected(key)) continue;
        load.markOutdated();
        loads.delete(key);
      }
    },
  };
}
