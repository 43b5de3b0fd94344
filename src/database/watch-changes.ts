import {
  ChangeSetType,
  type EventSubscriber,
  type FlushEventArgs,
  type MikroORM,
  TransactionContext,
} from '@mikro-orm/core';
import type { Schema } from './schema.ts';

/** What the app's own flushes did to what durin knows. Called inside the app's transaction, where there is one. */
export interface ChangeListener {
  userChanged(userId: unknown, user: object): Promise<void>;
}

/** Follows the app's flushes. What is changed past the ORM's unit of work (`nativeUpdate`, SQL) is not seen. */
export function watchChanges(orm: MikroORM, schema: Schema, listener: ChangeListener): void {
  const subscriber: EventSubscriber = {
    async afterFlush({ em, uow }: FlushEventArgs): Promise<void> {
      // Whatever the listener writes is part of the transaction of this flush, also when that was begun by hand.
      await TransactionContext.create(em, () => tell(uow));
    },
  };
  orm.em.getEventManager().registerSubscriber(subscriber);

  async function tell(uow: FlushEventArgs['uow']): Promise<void> {
    for (const { entity, meta, type } of uow.getChangeSets()) {
      if (meta.root.class !== schema.userMeta.root.class || type !== ChangeSetType.UPDATE) continue;
      const user = entity as Record<string, unknown>;
      await listener.userChanged(user[schema.userKey.name], user);
    }
  }
}
