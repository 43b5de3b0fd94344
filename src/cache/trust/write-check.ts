export interface WriteCheckOptions {
  /** Writes something to each server of the store. Rejects if one refuses. */
  readonly write: () => Promise<unknown>;
  /** The longest time without a write, in milliseconds. */
  readonly everyMs: number;
  /** A clock that nobody sets, in milliseconds. */
  readonly now: () => number;
  readonly onRefused: (cause: unknown) => void;
}

/**
 * Finds out that a store refuses writes, although it still answers: a full Redis, a replica after a failover, a disk that
 * is full. A process that only reads would not notice, and would not see the changes that others can no longer write.
 */
export interface WriteCheck {
  /** Records that each server of the store has accepted a write. */
  accepted(): void;
  /** Writes in the background if the last write is too long ago. */
  runIfDue(): void;
}

export function createWriteCheck({ write, everyMs, now, onRefused }: WriteCheckOptions): WriteCheck {
  let acceptedAt = now();
  let isRunning = false;

  function accepted(): void {
    acceptedAt = now();
  }

  async function run(): Promise<void> {
    isRunning = true;
    try {
      await write();
      accepted();
    } catch (error) {
      onRefused(error);
    } finally {
      isRunning = false;
    }
  }

  return {
    accepted,
    runIfDue() {
      if (!isRunning && now() - acceptedAt >= everyMs) void run();
    },
  };
}
