import {
  type ChangeSet,
  ChangeSetType,
  type EntityMetadata,
  type EntityProperty,
  type EventArgs,
  type EventSubscriber,
  type FlushEventArgs,
  type MikroORM,
  ReferenceKind,
  TransactionContext,
  type TransactionEventArgs,
} from '@mikro-orm/core';
import type { ChangeListener, Ending } from './change-listener.ts';
import type { Schema } from './schema.ts';
import type { Deleted } from './token-store.ts';

/** What one durin watches, and who is told. */
interface Watch {
  readonly schema: Schema;
  /** The entities besides user, client and token that its sessions are made of. */
  readonly related: ReadonlySet<EntityMetadata>;
  readonly listener: ChangeListener;
}

/**
 * Follows the app's flushes and upserts, until the function that it gives is called. What is changed past the ORM's unit
 * of work (`nativeUpdate`, SQL) is not seen.
 */
export function watchChanges(orm: MikroORM, watch: Watch): () => void {
  const events = orm.em.getEventManager();
  let watcher = [...events.getSubscribers()].find((subscriber) => subscriber instanceof ChangeWatcher);
  if (watcher === undefined) events.registerSubscriber((watcher = new ChangeWatcher()));
  return watcher.add(watch);
}

/** The one subscriber of an ORM, for all durins on it: MikroORM keeps its subscribers for ever. */
class ChangeWatcher implements EventSubscriber {
  readonly #watches = new Set<Watch>();
  /** What was deleted together with another, and is dealt with. */
  readonly #seen = new WeakSet<ChangeSet<object>>();
  /** Transactions whose commit was sent. */
  readonly #committing = new WeakSet<object>();

  add(watch: Watch): () => void {
    this.#watches.add(watch);
    return () => void this.#watches.delete(watch);
  }

  async afterFlush({ em, uow }: FlushEventArgs): Promise<void> {
    const changes = uow.getChangeSets();
    if (changes.length === 0) return;
    // Whatever the listeners write is part of the transaction of this flush, also when that was begun by hand.
    await TransactionContext.create(em, async () => {
      for (const change of changes)
        await this.#each((watch) => {
          if (change.type === ChangeSetType.CREATE && !isOtherSide(change.meta, watch)) return null;
          return tell(watch, change.meta, change.entity, isDeletion(change) ? null : change.entity);
        });
    });
  }

  beforeTransactionCommit({ transaction }: TransactionEventArgs): void {
    if (transaction) this.#committing.add(transaction);
  }

  /** After a commit: it failed, or only its answer was lost. Of a flush in a transaction of its own nothing else is told. */
  async beforeTransactionRollback({ transaction, uow }: TransactionEventArgs): Promise<void> {
    const changes = transaction && this.#committing.has(transaction) ? (uow?.getChangeSets() ?? []) : [];
    for (const watch of this.#watches)
      if (changes.some(({ meta }) => kindOf(meta, watch.schema) !== null || isRelated(meta, watch)))
        await watch.listener.relatedChanged();
  }

  /** Whether the row is as the entity says depends on the upsert's options, so the user is read. */
  async afterUpsert({ em, meta, entity }: EventArgs<object>): Promise<void> {
    await TransactionContext.create(em, () => this.#each((watch) => tell(watch, meta, entity)));
  }

  /** Called for each entity, inside the transaction of the flush; the first one takes all of its kind along. */
  async beforeDelete({ em, meta, changeSet }: EventArgs<object>): Promise<void> {
    if (changeSet === undefined || this.#seen.has(changeSet)) return;
    const changes = (em.getUnitOfWork().getChangeSets() as ChangeSet<object>[]).filter(
      (change) => isDeletion(change) && change.meta.root === meta.root,
    );
    for (const change of changes) this.#seen.add(change);
    await TransactionContext.create(em, () =>
      this.#each(async ({ schema, listener }) => {
        const kind = kindOf(meta, schema);
        if (kind === null) return null;
        const key = kind === 'user' ? schema.userKey.name : 'id';
        return listener.beforeDeletion(
          kind,
          changes.map(({ entity }) => (entity as Record<string, unknown>)[key]),
        );
      }),
    );
  }

  /** Has each durin do its part, and tells the others of what it ended. */
  async #each(work: (watch: Watch) => Promise<Ending | null> | null): Promise<void> {
    const watches = [...this.#watches];
    for (const watch of watches) {
      const ending = await work(watch);
      if (ending === null) continue;
      for (const other of watches) if (other !== watch) other.listener.tokensEnded(ending);
    }
  }
}

function isDeletion({ type }: ChangeSet<object>): boolean {
  return type === ChangeSetType.DELETE || type === ChangeSetType.DELETE_EARLY;
}

function kindOf(meta: EntityMetadata, { userMeta, clientMeta, tokenMeta }: Schema): Deleted | null {
  if (meta.root.class === userMeta.root.class) return 'user';
  if (meta.root.class === clientMeta.root.class) return 'client';
  return meta.root.class === tokenMeta.root.class ? 'token' : null;
}

async function tell(watch: Watch, meta: EntityMetadata, entity: object, user?: object | null): Promise<Ending | null> {
  const { schema, listener } = watch;
  const row = entity as Record<string, unknown>;
  const kind = kindOf(meta, schema);
  if (kind === 'user') return listener.userChanged(row[schema.userKey.name], user);
  if (kind === 'client') await listener.clientChanged(row['id'] as number);
  else if (kind === 'token') await listener.tokenChanged(typeof row['selector'] === 'string' ? row['selector'] : null);
  else if (isRelated(meta, watch)) await listener.relatedChanged();
  return null;
}

function isRelated({ root }: EntityMetadata, { related }: Watch): boolean {
  return [...related].some((meta) => meta.root.class === root.class);
}

/** Whether its rows point at what is joined: then a session may change by one more of them. */
function isOtherSide(meta: EntityMetadata, watch: Watch): boolean {
  const isJoined = ({ root }: EntityMetadata) =>
    [watch.schema.userMeta, watch.schema.clientMeta].some((joined) => joined.root === root) || isRelated(root, watch);
  const pointsAtJoined = ({ kind, owner, targetMeta }: EntityProperty) =>
    kind === ReferenceKind.ONE_TO_ONE && owner && targetMeta !== undefined && isJoined(targetMeta);
  return isRelated(meta, watch) && meta.props.some(pointsAtJoined);
}
