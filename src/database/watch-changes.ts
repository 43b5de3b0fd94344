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

/** What one durin watches, and its listener. */
interface Watch {
  readonly schema: Schema;
  /** The entities that `populate` joins to sessions, besides user, client and token. */
  readonly related: ReadonlySet<EntityMetadata>;
  readonly listener: ChangeListener;
}

/**
 * Watches the app's flushes and upserts, and reports their changes to the listener. Changes that bypass the unit of work,
 * such as `nativeUpdate` and raw SQL, go unnoticed.
 * @returns a function that stops watching
 */
export function watchChanges(orm: MikroORM, watch: Watch): () => void {
  const events = orm.em.getEventManager();
  const known = [...events.getSubscribers()].find((subscriber) => subscriber instanceof ChangeWatcher);
  if (known !== undefined) return known.add(watch);
  const created = new ChangeWatcher();
  events.registerSubscriber(created);
  return created.add(watch);
}

/** The single subscriber for all durins on an ORM, since MikroORM never removes a subscriber. */
class ChangeWatcher implements EventSubscriber {
  readonly #watches = new Set<Watch>();
  /** Deletions that have been reported already. */
  readonly #reported = new WeakSet<ChangeSet<object>>();
  /** Transactions whose commit has been sent. */
  readonly #committing = new WeakSet<object>();

  add(watch: Watch): () => void {
    this.#watches.add(watch);
    return () => void this.#watches.delete(watch);
  }

  async afterFlush({ em, uow }: FlushEventArgs): Promise<void> {
    const changes = uow.getChangeSets();
    if (changes.length === 0) return;
    // The listeners write in the transaction of this flush, even if the app began it explicitly.
    await TransactionContext.create(em, async () => {
      for (const change of changes)
        await this.#notifyEach((watch) => {
          if (change.type === ChangeSetType.CREATE && !ownsJoinedRelation(change.meta, watch)) return null;
          return notify(watch, change.meta, change.entity, isDeletion(change) ? null : change.entity);
        });
    });
  }

  beforeTransactionCommit({ transaction }: TransactionEventArgs): void {
    if (transaction) this.#committing.add(transaction);
  }

  /**
   * Follows a commit only if that failed or its response was lost, so the changes may be stored. For a flush in a
   * transaction of its own, this is the only notification.
   */
  async beforeTransactionRollback({ transaction, uow }: TransactionEventArgs): Promise<void> {
    const changes = transaction && this.#committing.has(transaction) ? (uow?.getChangeSets() ?? []) : [];
    for (const watch of this.#watches)
      if (changes.some(({ meta }) => kindOf(meta, watch.schema) !== null || isRelated(meta, watch)))
        await watch.listener.relatedChanged();
  }

  /** The row may differ from the entity, depending on the upsert's options, so the listener reads the user itself. */
  async afterUpsert({ em, meta, entity }: EventArgs<object>): Promise<void> {
    await TransactionContext.create(em, () => this.#notifyEach((watch) => notify(watch, meta, entity)));
  }

  /** Called per entity, inside the flush's transaction. The first call reports all deletions of the same kind together. */
  async beforeDelete({ em, meta, changeSet }: EventArgs<object>): Promise<void> {
    if (changeSet === undefined || this.#reported.has(changeSet)) return;
    const changes = (em.getUnitOfWork().getChangeSets() as ChangeSet<object>[]).filter(
      (change) => isDeletion(change) && change.meta.root === meta.root,
    );
    for (const change of changes) this.#reported.add(change);
    await TransactionContext.create(em, () =>
      this.#notifyEach(async ({ schema, listener }) => {
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

  /** Notifies each durin, and reports the tokens that it ended to the others. */
  async #notifyEach(notifyOne: (watch: Watch) => Promise<Ending | null> | null): Promise<void> {
    const watches = [...this.#watches];
    for (const watch of watches) {
      const ending = await notifyOne(watch);
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

async function notify(
  watch: Watch,
  meta: EntityMetadata,
  entity: object,
  user?: object | null,
): Promise<Ending | null> {
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

/** Whether its rows own a joined one-to-one relation. Creating one then changes the sessions that show it. */
function ownsJoinedRelation(meta: EntityMetadata, watch: Watch): boolean {
  const isJoined = ({ root }: EntityMetadata) =>
    [watch.schema.userMeta, watch.schema.clientMeta].some((joined) => joined.root === root) || isRelated(root, watch);
  const refersToJoined = ({ kind, owner, targetMeta }: EntityProperty) =>
    kind === ReferenceKind.ONE_TO_ONE && owner && targetMeta !== undefined && isJoined(targetMeta);
  return isRelated(meta, watch) && meta.props.some(refersToJoined);
}
