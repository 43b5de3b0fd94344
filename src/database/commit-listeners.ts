import type { EventSubscriber, Transaction, TransactionEventArgs } from '@mikro-orm/core';

/**
 * Calls back after the app's transactions commit, and never for one that rolled back. What waits for a savepoint waits,
 * once that is released, for the transaction around it.
 */
export class CommitListeners implements EventSubscriber {
  readonly #waiting = new WeakMap<Transaction, (() => void)[]>();
  readonly #outer = new WeakMap<Transaction>();
  /** The transaction in which each entity manager is about to open a savepoint. */
  readonly #opening = new WeakMap<object>();

  add(transaction: Transaction, callback: () => void): void {
    const callbacks = this.#waiting.get(transaction);
    if (callbacks === undefined) this.#waiting.set(transaction, [callback]);
    else callbacks.push(callback);
  }

  beforeTransactionStart({ em, transaction }: TransactionEventArgs): void {
    if (transaction) this.#opening.set(em, transaction);
  }

  afterTransactionStart({ em, transaction }: TransactionEventArgs): void {
    const outer = this.#opening.get(em);
    this.#opening.delete(em);
    if (transaction && outer) this.#outer.set(transaction, outer);
  }

  afterTransactionCommit({ transaction }: TransactionEventArgs): void {
    if (!transaction) return;
    const callbacks = this.#waiting.get(transaction) ?? [];
    const outer = this.#outer.get(transaction);
    this.#waiting.delete(transaction);
    for (const callback of callbacks) {
      if (outer) this.add(outer, callback);
      else callback();
    }
  }

  afterTransactionRollback({ transaction }: TransactionEventArgs): void {
    if (transaction) this.#waiting.delete(transaction);
  }
}
