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
import { isDurinError } from '../errors.ts';
import type { ChangeListener, Ending } from './change-listener.ts';
import { wasAborted } from './failures.ts';
import { isChanged, loadedValueOf } from './rows/property-values.ts';
import type { Schema } from './schema.ts';
import type { Deleted } from './token-store.ts';

/** What one durin watches, and its listener. */
interface Watch {
  readonly schema: Schema;
  /** The entities that `populate` joins to sessions, besides user, client and token. */
  readonly related: ReadonlySet<EntityMetadata>;
  /** Reads a user's row. Durins with the same statement read the same row. */
  readonly userRows: { readonly sql: string; find(userId: unknown): Promise<object | null> };
  /** The user's properties that hold credentials. */
  readonly credentialFields: ReadonlySet<string>;
  readonly listener: ChangeListener;
}

/** A change as one durin sees it. */
interface Seen {
  /** The user as it is now; `null` if it was deleted. Default: it is read from the database. */
  readonly user?: object | null;
  readonly hasNewCredentials: boolean;
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

/** The single subscriber for all durins on an ORM, because MikroORM never removes a subscriber. */
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
      for (const change of changes) {
        const user = isDeletion(change) ? null : change.entity;
        await this.#notifyEach(change.meta, change.entity, (watch) => {
          if (change.type === ChangeSetType.CREATE && !ownsJoinedRelation(change.meta, watch)) return null;
          const { credentialFields, schema } = watch;
          const hasNewCredentials = [...credentialFields].some((name) => isChanged(name, change, schema.platform));
          return { user, hasNewCredentials };
        });
      }
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
      if (changes.some(({ meta, entity }) => kindOf(meta, entity, watch.schema) !== null || isRelated(meta, watch)))
        await watch.listener.relatedChanged();
  }

  /**
   * The row may differ from the entity, depending on the upsert's options, so the listener reads the user itself. The
   * row's earlier values are not known, so an upsert that contains credentials counts as a change of them.
   */
  async afterUpsert({ em, meta, entity }: EventArgs<object>): Promise<void> {
    await TransactionContext.create(em, () =>
      this.#notifyEach(meta, entity, ({ credentialFields }) => ({
        hasNewCredentials: [...credentialFields].some((name) => loadedValueOf(entity, name) !== undefined),
      })),
    );
  }

  /** Called per entity, inside the flush's transaction. The first call reports all deletions of the same kind together. */
  async beforeDelete({ em, meta, changeSet }: EventArgs<object>): Promise<void> {
    if (changeSet === undefined || this.#reported.has(changeSet)) return;
    const changes = (em.getUnitOfWork().getChangeSets() as ChangeSet<object>[]).filter(
      (change) => isDeletion(change) && change.meta.root === meta.root,
    );
    for (const change of changes) this.#reported.add(change);
    await TransactionContext.create(em, async () => {
      const done = new Set<string>();
      for (const watch of Array.from(this.#watches)) {
        const { schema, listener } = watch;
        const own = changes.filter(({ entity }) => kindOf(meta, entity, schema) !== null);
        const kind = own[0] === undefined ? null : kindOf(meta, own[0].entity, schema);
        if (kind === null || done.has(schema.tokens)) continue;
        done.add(schema.tokens);
        const key = kind === 'user' ? schema.userKey.name : 'id';
        const keys = own.map(({ entity }) => (entity as Record<string, unknown>)[key]);
        this.#reportToOthers(watch, await withOwnAborts(listener.beforeDeletion(kind, keys)));
      }
    });
  }

  /**
   * Notifies each durin that sees the change. The others on the same tables do not repeat what the first one did in
   * the database: ending a user's tokens, and reading its row.
   * @param seenBy returns the change as a durin sees it; `null`: it does not
   */
  async #notifyEach(meta: EntityMetadata, entity: object, seenBy: (watch: Watch) => Seen | null): Promise<void> {
    const ended = new Map<string, Ending>();
    const userRows = new Map<string, Promise<object | null>>();
    for (const watch of Array.from(this.#watches)) {
      const seen = seenBy(watch);
      if (seen === null) continue;
      const { schema, listener } = watch;
      const known = ended.get(schema.tokens);
      const kind = kindOf(meta, entity, schema);
      const row = entity as Record<string, unknown>;
      if (kind !== 'user') await notify(watch, kind, meta, row);
      else if (known !== undefined) await listener.userEnded(row[schema.userKey.name], known.reason);
      else {
        const findUserRow = (userId: unknown) => readOnce(userRows, watch.userRows, userId);
        const changed = listener.userChanged(row[schema.userKey.name], { ...seen, findUserRow });
        const ending = await withOwnAborts(changed);
        if (ending === null) continue;
        ended.set(schema.tokens, ending);
        this.#reportToOthers(watch, ending);
      }
    }
  }

  #reportToOthers(by: Watch, ending: Ending): void {
    for (const other of this.#watches)
      if (other !== by && other.schema.tokens === by.schema.tokens) other.listener.tokensEnded(ending);
  }
}

/** Reads the row once for all durins whose statement is the same. They all receive the same object. */
function readOnce(
  rows: Map<string, Promise<object | null>>,
  { sql, find }: Watch['userRows'],
  userId: unknown,
): Promise<object | null> {
  const row = rows.get(sql) ?? find(userId);
  rows.set(sql, row);
  return row;
}

/** If PostgreSQL aborts the app's transaction, the app gets the driver's error, from which it knows to run it again. */
async function withOwnAborts<T>(notifying: Promise<T>): Promise<T> {
  try {
    return await notifying;
  } catch (error) {
    throw isDurinError(error) && wasAborted(error) ? error.cause : error;
  }
}

function isDeletion({ type }: ChangeSet<object>): boolean {
  return type === ChangeSetType.DELETE || type === ChangeSetType.DELETE_EARLY;
}

/** `null` for other entities, and for those of another schema: their keys are those of other rows. */
function kindOf(meta: EntityMetadata, entity: object, schema: Schema): Deleted | null {
  const { userMeta, clientMeta, tokenMeta } = schema;
  if (schema.isElsewhere(entity, meta)) return null;
  if (meta.root.class === userMeta.root.class) return 'user';
  if (meta.root.class === clientMeta.root.class) return 'client';
  return meta.root.class === tokenMeta.root.class ? 'token' : null;
}

/** Reports a change of anything but a user. */
async function notify(
  watch: Watch,
  kind: Exclude<Deleted, 'user'> | null,
  meta: EntityMetadata,
  row: Record<string, unknown>,
): Promise<void> {
  const { listener } = watch;
  if (kind === 'client') await listener.clientChanged(row['id'] as number);
  else if (kind === 'token') await listener.tokenChanged(typeof row['selector'] === 'string' ? row['selector'] : null);
  else if (isRelated(meta, watch)) await listener.relatedChanged();
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
