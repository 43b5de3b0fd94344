import {
  type ChangeSet,
  ChangeSetType,
  type EntityMetadata,
  type EntityProperty,
  type EventSubscriber,
  type FlushEventArgs,
  type MikroORM,
  ReferenceKind,
  TransactionContext,
} from '@mikro-orm/core';
import type { ChangeListener } from './change-listener.ts';
import type { Schema } from './schema.ts';

/** Follows the app's flushes. What is changed past the ORM's unit of work (`nativeUpdate`, SQL) is not seen. */
export function watchChanges(
  orm: MikroORM,
  schema: Schema,
  related: ReadonlySet<EntityMetadata>,
  listener: ChangeListener,
): void {
  const relatedClasses = new Set<unknown>([...related].map((meta) => meta.root.class));
  const isJoined = ({ root }: EntityMetadata) =>
    [schema.userMeta, schema.clientMeta].some((meta) => meta.root === root) || relatedClasses.has(root.class);
  const pointsAtJoined = ({ kind, owner, targetMeta }: EntityProperty) =>
    kind === ReferenceKind.ONE_TO_ONE && owner && targetMeta !== undefined && isJoined(targetMeta);
  /** Whether its rows point at what is joined: then a session may change by one more of them. */
  const isOtherSide = (meta: EntityMetadata) => relatedClasses.has(meta.root.class) && meta.props.some(pointsAtJoined);

  const subscriber: EventSubscriber = {
    async afterFlush({ em, uow }: FlushEventArgs): Promise<void> {
      const changes = uow
        .getChangeSets()
        .filter(({ type, meta }) => type !== ChangeSetType.CREATE || isOtherSide(meta));
      if (changes.length === 0) return;
      // Whatever the listener writes is part of the transaction of this flush, also when that was begun by hand.
      await TransactionContext.create(em, async () => {
        for (const change of changes) await tell(change);
      });
    },
  };
  orm.em.getEventManager().registerSubscriber(subscriber);

  async function tell({ entity, meta, type }: ChangeSet<object>): Promise<void> {
    const row = entity as Record<string, unknown>;
    const isGone = type === ChangeSetType.DELETE || type === ChangeSetType.DELETE_EARLY;
    const changed = meta.root.class;
    if (changed === schema.userMeta.root.class) {
      await listener.userChanged(row[schema.userKey.name], isGone ? null : entity);
    } else if (changed === schema.clientMeta.root.class) {
      await listener.clientChanged(row['id'] as number);
    } else if (changed === schema.tokenMeta.root.class) {
      await listener.tokenChanged(typeof row['selector'] === 'string' ? row['selector'] : null);
    } else if (relatedClasses.has(changed)) {
      await listener.relatedChanged();
    }
  }
}
