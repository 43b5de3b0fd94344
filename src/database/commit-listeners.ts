import type { EventSubscriber, MikroORM, Transaction, TransactionEventArgs } from '@mikro-orm/core';

/** Those of this ORM: all durins on it share them, since MikroORM keeps its subscribers for ever. */
export function commitListenersOf(
  orm: MikroORM,
  canCommit: (transaction: Transaction) => Promise<boolean>,
): CommitListeners {
  const events = orm.em.getEventManager();
  const known = [...events.getSubscribers()].find((subscriber) => subscriber instanceof CommitListeners);
  if (known !== undefined) return known;
  const created = new CommitListeners(canCommit);
  events.registerSubscriber(created);
  return created;
}

/** What waits for a commit. */
export interface CommitListener {
  readonly callback: () => unknown;
  /** Whether to call back as well where a commit failed: its connection may have been lost after it was done. */
  readonly onUnknownOutcome: boolean;
}

/**
 * Calls back after the app's transactions commit, and never for one that was rolled back. What waits for a savepoint
 * waits, once that is released, for the transaction around it.
 */
class CommitListeners implements EventSubscriber {
  readonly #waiting = new WeakMap<Transaction, CommitListener[]>();
  /** Transactions whose commit was sent. */
  readonly #committing = new WeakSet<Transaction>();
  readonly #outer = new WeakMap<Transaction>();
  /** The transaction in which each entity manager is about to open a savepoint. */
  readonly #opening = new WeakMap<object>();
  readonly #ended = new WeakSet<Transaction>();
  readonly #canCommit: (transaction: Transaction) => Promise<boolean>;

  /** @param canCommit whether the transaction still takes statements */
  constructor(canCommit: (transaction: Transaction) => Promise<boolean>) {
    this.#canCommit = canCommit;
  }

  /** The transaction, or the one around it, that is still open: what goes on after a commit is no part of it. */
  openOf(transaction: object | undefined): object | undefined {
    let current = transaction;
    while (current !== undefined && this.#ended.has(current)) current = this.#outer.get(current);
    return current;
  }

  add(transaction: Transaction, ...added: readonly CommitListener[]): void {
    const listeners = this.#waiting.get(transaction);
    if (listeners === undefined) this.#waiting.set(transaction, [...added]);
    else listeners.push(...added);
  }

  beforeTransactionStart({ em, transaction }: TransactionEventArgs): void {
    if (transaction) this.#opening.set(em, transaction);
  }

  afterTransactionStart({ em, transaction }: TransactionEventArgs): void {
    const outer = this.#opening.get(em);
    this.#opening.delete(em);
    if (transaction && outer) this.#outer.set(transaction, outer);
  }

  /** Where a statement has failed, PostgreSQL answers the commit with a rollback, and that is no error. */
  async beforeTransactionCommit({ transaction }: TransactionEventArgs): Promise<void> {
    if (!transaction || this.#outer.has(transaction)) return;
    if (this.#waiting.has(transaction) && !(await this.#canCommit(transaction))) this.#waiting.delete(transaction);
    else this.#committing.add(transaction);
  }

  async afterTransactionCommit({ transaction }: TransactionEventArgs): Promise<void> {
    if (!transaction) return;
    const listeners = this.#waiting.get(transaction) ?? [];
    const outer = this.#outer.get(transaction);
    this.#end(transaction);
    if (outer) this.add(outer, ...listeners);
    else await Promise.all(listeners.map(({ callback }) => callback()));
  }

  /** Comes after a commit only if that failed. On a lost connection nothing is heard of the rollback itself. */
  async beforeTransactionRollback({ transaction }: TransactionEventArgs): Promise<void> {
    if (!transaction || !this.#committing.has(transaction)) return;
    const listeners = this.#waiting.get(transaction) ?? [];
    this.#end(transaction);
    await Promise.all(listeners.filter(({ onUnknownOutcome }) => onUnknownOutcome).map(({ callback }) => callback()));
  }

  afterTransactionRollback({ transaction }: TransactionEventArgs): void {
    if (transaction) this.#end(transaction);
  }

  #end(transaction: Transaction): void {
    this.#ended.add(transaction);
    this.#waiting.delete(transaction);
  }
}
