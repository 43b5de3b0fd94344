import type { MikroORM, Transaction } from '@mikro-orm/core';
import { commitListenersOf } from './commit-listeners.ts';
import { translateErrors } from './failures.ts';

/** The app's transactions, as MikroORM's transaction context knows them. */
export interface Transactions {
  /** The app's innermost open transaction; `undefined` outside one. */
  current(): object | undefined;
  /** Runs work in the app's transaction, or else in a new one. */
  atomically<T>(work: () => Promise<T>): Promise<T>;
  /** See `Database.afterCommit`. */
  afterCommit(callback: () => unknown, options?: AfterCommitOptions): Promise<void>;
}

export interface AfterCommitOptions {
  /** Whether to call back also if the commit failed, since PostgreSQL may have done it nevertheless. Default: false. */
  readonly onUnknownOutcome: boolean;
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
      return current() === undefined ? translateErrors(orm.em.fork().transactional(work)) : work();
    },

    async afterCommit(callback, { onUnknownOutcome } = { onUnknownOutcome: false }) {
      const transaction = current();
      if (transaction === undefined) await callback();
      else commits.add(transaction, { callback, onUnknownOutcome });
    },
  };
}
