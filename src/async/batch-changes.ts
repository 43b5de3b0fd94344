/** Whether a change needs the session that the request presents. */
export type ChangeKind = 'login' | 'session';

interface Change {
  readonly batchIndex: number;
  readonly kind: ChangeKind;
  readonly settled: Promise<void>;
}

/** The calls of a batch that are changing the session, by their index in the batch. The calls after one wait for it. */
export class BatchChanges {
  readonly #inProgress = new Set<Change>();

  /**
   * Runs work that may change the session. A login needs no session: it waits for earlier changes of one, such as a logout,
   * and not for earlier logins. Work that needs the session waits when it resolves it.
   */
  async run<T>(batchIndex: number, kind: ChangeKind, work: () => Promise<T>): Promise<T> {
    const { promise: settled, resolve: settle } = Promise.withResolvers<void>();
    const change: Change = { batchIndex, kind, settled };
    const earlier = [...this.#inProgress].filter((other) => other.kind === 'session' && other.batchIndex < batchIndex);
    this.#inProgress.add(change);
    try {
      if (kind === 'login') await Promise.all(earlier.map((other) => other.settled));
      return await work();
    } finally {
      this.#inProgress.delete(change);
      settle();
    }
  }

  /** Resolves once no call before this index is changing the session. */
  async settledBefore(batchIndex: number): Promise<void> {
    for (const change of this.#inProgress) if (change.batchIndex < batchIndex) await change.settled;
  }
}
