import type { EventSubscriber, MikroORM, Transaction, TransactionEventArgs } from '@mikro-orm/core';

/** Returns the ORM's commit listeners. All durins on an ORM share them, because MikroORM never removes a subscriber. */
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

export interface CommitListener {
  readonly callback: () => unknown;
  /** Whether to call back also if the commit failed: the connection may have been lost after PostgreSQL committed. */
  readonly onUnknownOutcome: boolean;
  /** Called just before the commit is sent. Others may see the change before its answer arrives. */
  readonly beforeCommit?: (() => void) | undefined;
}

/**
 * Calls back after the app's transactions commit, and never if they roll back. When a savepoint is released, its listeners
 * move to the transaction around it.
 */
class CommitListeners implements EventSubscriber {
  readonly #pending = new WeakMap<Transaction, CommitListener[]>();
  /** Transactions whose commit has been sent. */
  readonly #committing = new WeakSet<Transaction>();
  /** The enclosing transaction of each savepoint. */
  readonly #outer = new WeakMap<Transaction>();
  /** The transaction in which each entity manager is about to open a savepoint. */
  readonly #opening = new WeakMap<object>();
  readonly #ended = new WeakSet<Transaction>();
  readonly #canCommit: (transaction: Transaction) => Promise<boolean>;

  /** @param canCommit whether the transaction still accepts statements */
  constructor(canCommit: (transaction: Transaction) => Promise<boolean>) {
    this.#canCommit = canCommit;
  }

  /**
   * Returns the transaction, or the closest one around it, that is still open. Code that continues after a commit has the
   * ended transaction in its context, but no longer belongs to it.
   */
  openOf(transaction: object | undefined): object | undefined {
    let current = transaction;
    while (current !== undefined && this.#ended.has(current)) current = this.#outer.get(current);
    return current;
  }

  add(transaction: Transaction, ...added: readonly CommitListener[]): void {
    const listeners = this.#pending.get(transaction);
    if (listeners === undefined) this.#pending.set(transaction, [...added]);
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

  /** After a failed statement, PostgreSQL answers the commit with a rollback and reports no error. */
  async beforeTransactionCommit({ transaction }: TransactionEventArgs): Promise<void> {
    if (!transaction || this.#outer.has(transaction)) return;
    if (this.#pending.has(transaction) && !(await this.#canCommit(transaction))) this.#pending.delete(transaction);
    else this.#committing.add(transaction);
    for (const { beforeCommit } of this.#pending.get(transaction) ?? []) beforeCommit?.();
  }

  async afterTransactionCommit({ transaction }: TransactionEventArgs): Promise<void> {
    if (!transaction) return;
    const listeners = this.#pending.get(transaction) ?? [];
    const outer = this.#outer.get(transaction);
    this.#end(transaction);
    if (outer) this.add(outer, ...listeners);
    else await Promise.all(listeners.map(({ callback }) => callback()));
  }

  /**
   * Follows a commit only if that failed. If the connection was lost, MikroORM does not call `afterTransactionRollback`.
   */
  async beforeTransactionRollback({ transaction }: TransactionEventArgs): Promise<void> {
    if (!transaction || !this.#committing.has(transaction)) return;
    const listeners = this.#pending.get(transaction) ?? [];
    this.#end(transaction);
    await Promise.all(listeners.filter(({ onUnknownOutcome }) => onUnknownOutcome).map(({ callback }) => callback()));
  }

  afterTransactionRollback({ transaction }: TransactionEventArgs): void {
    if (transaction) this.#end(transaction);
  }

  #end(transaction: Transaction): void {
    this.#ended.add(transaction);
    this.#pending.delete(transaction);
  }
}
