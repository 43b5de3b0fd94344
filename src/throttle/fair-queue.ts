export interface FairQueueOptions {
  /** How many run at once. */
  readonly concurrency: number;
  /** How many may wait. */
  readonly maxWaiting: number;
}

/**
 * Bounds what runs at once and what waits. Callers wait in lines, which are served in turn, so a long line delays its own
 * callers and not those of other lines. If the queue is full, the newest caller of the longest line is refused.
 */
export interface FairQueue {
  /** Waits for a place. @returns false if the caller is refused; then there is nothing to leave */
  enter(line: string): Promise<boolean>;
  /** Releases the place of a caller that entered to the next caller. */
  leave(): void;
}

type Answer = (isAdmitted: boolean) => void;

export function createFairQueue({ concurrency, maxWaiting }: FairQueueOptions): FairQueue {
  /** Lines that are not empty, in the order in which they are served. */
  const lines = new Map<string, Answer[]>();
  let running = 0;
  let waiting = 0;

  function admitNext(): void {
    for (const [line, answers] of lines) {
      if (running >= concurrency) return;
      const answer = answers.shift();
      lines.delete(line);
      if (answers.length > 0) lines.set(line, answers); // goes to the end
      running += 1;
      waiting -= 1;
      answer?.(true);
    }
  }

  /** Refuses the newest caller of the longest line, unless a caller of this line would only take its place. */
  function makeRoomFor(line: string): boolean {
    let longest = lines.get(line) ?? [];
    const own = longest.length + 1;
    for (const answers of lines.values()) if (answers.length > longest.length) longest = answers;
    if (longest.length <= own) return false;
    waiting -= 1;
    longest.pop()?.(false);
    return true;
  }

  return {
    enter(line) {
      if (running < concurrency) {
        running += 1;
        return Promise.resolve(true);
      }
      if (waiting >= maxWaiting && !makeRoomFor(line)) return Promise.resolve(false);
      const { promise, resolve } = Promise.withResolvers<boolean>();
      const answers = lines.get(line) ?? [];
      answers.push(resolve);
      lines.set(line, answers);
      waiting += 1;
      return promise;
    },
    leave() {
      running -= 1;
      admitNext();
    },
  };
}
