import { IsolationLevel, type MikroORM, type Transaction, TransactionContext } from '@mikro-orm/core';
import { commitListenersOf } from './commit-listeners.ts';
import { retryAborted, translateErrors } from './failures.ts';

/** The app's transactions, as MikroORM's transaction context knows them. */
export interface Transactions {
  /** The app's innermost open transaction; `undefined` outside one. */
  current(): object | undefined;
  /**
   * Runs work in the app's transaction, or else in a new one at `read committed`, whatever the database's default is:
   * after a statement that waited for a lock, the next one must see what was committed meanwhile. A new transaction runs
   * again if PostgreSQL aborts it.
   */
  atomically<T>(work: () => Promise<T>): Promise<T>;
  /** See `Database.outsideTransaction`. */
  outside<T>(work: () => T): T;
  /** See `Database.afterCommit`. */
  afterCommit(callback: () => unknown, options?: AfterCommitOptions): Promise<void>;
}

export interface AfterCommitOptions {
  /** Whether to call back also if the commit failed, because PostgreSQL may have done it nevertheless. Default: false. */
  readonly onUnknownOutcome: boolean;
  /** Called just before the commit is sent, if there is a transaction. Default: none. */
  readonly beforeCommit?: () => void;
}

/** @param canCommit whether a transaction still accepts statements; after a failed one, PostgreSQL rolls it back */
export function createTransactions(
  orm: MikroORM,
  canCommit: (transaction: Transaction) => Promise<boolean>,
): Transactions {
  const commits = commitListenersOf(orm, canCommit);
  const current = () => commits.openOf(orm.em.getContext(false).getTransactionContext());

  return {
    current,

    async atomically(work) {
      if (current() !== undefined) return work();
      const isolationLevel = IsolationLevel.READ_COMMITTED;
      return retryAborted(() => translateErrors(orm.em.fork().transactional(work, { isolationLevel })));
    },

    outside: (work) =>
      orm.em.getContext(false).getTransactionContext() === undefined
        ? work()
        : TransactionContext.create(orm.em.fork(), work),

    async afterCommit(callback, { onUnknownOutcome, beforeCommit } = { onUnknownOutcome: false }) {
      const transaction = current();
      if (transaction === undefined) await callback();
      else commits.add(transaction, { callback, onUnknownOutcome, beforeCommit });
    },
  };
}
