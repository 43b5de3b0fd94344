import { defineEntity, p } from '@mikro-orm/core';
import { defineDurinEntities, durinTrigger } from '../../../src/index.ts';

export const notifiedSecret = 'a secret of several processes, long enough for them';

export interface NotifiedEntitiesOptions {
  /** Whether the tables have triggers. */
  readonly notify: boolean;
  readonly schema?: string;
  readonly tablePrefix?: string;
}

/** An app's entities, whose tables announce their changes. */
export function defineNotifiedEntities({ notify, ...names }: NotifiedEntitiesOptions) {
  const triggers = notify ? () => [durinTrigger()] : () => [];
  const place = names.schema === undefined ? {} : { schema: names.schema };
  const own = names.tablePrefix ?? 'app_';
  const Organization = defineEntity({
    name: 'Organization',
    ...place,
    tableName: `${own}organization`,
    properties: { id: p.integer().primary(), name: p.string() },
    triggers: triggers(),
  });
  const User = defineEntity({
    name: 'User',
    ...place,
    tableName: `${own}user`,
    properties: {
      id: p.integer().primary(),
      username: p.string().unique(),
      isActive: p.boolean().default(true),
      organization: () => p.manyToOne(Organization).nullable(),
    },
    triggers: triggers(),
  });
  const { Client, AuthToken } = defineDurinEntities({ user: () => User, notify, ...names });
  return { Organization, User, Client, AuthToken };
}

export type NotifiedEntities = ReturnType<typeof defineNotifiedEntities>;
