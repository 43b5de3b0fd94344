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

/**
 * Calls back after the app's transactions commit, and never for one that rolled back. What waits for a savepoint waits,
 * once that is released, for the transaction around it.
 */
class CommitListeners implements EventSubscriber {
  readonly #waiting = new WeakMap<Transaction, (() => unknown)[]>();
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

  add(transaction: Transaction, callback: () => unknown): void {
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

  /** Where a statement has failed, PostgreSQL answers the commit with a rollback, and that is no error. */
  async beforeTransactionCommit({ transaction }: TransactionEventArgs): Promise<void> {
    if (!transaction || this.#outer.has(transaction) || !this.#waiting.has(transaction)) return;
    if (!(await this.#canCommit(transaction))) this.#waiting.delete(transaction);
  }

  async afterTransactionCommit({ transaction }: TransactionEventArgs): Promise<void> {
    if (!transaction) return;
    const callbacks = this.#waiting.get(transaction) ?? [];
    const outer = this.#outer.get(transaction);
    this.#end(transaction);
    if (outer) for (const callback of callbacks) this.add(outer, callback);
    else await Promise.all(callbacks.map((callback) => callback()));
  }

  afterTransactionRollback({ transaction }: TransactionEventArgs): void {
    if (transaction) this.#end(transaction);
  }

  #end(transaction: Transaction): void {
    this.#ended.add(transaction);
    this.#waiting.delete(transaction);
  }
}
