import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { defineDurinEntities, durinTrigger } from 'trpc-durin';

export const User = defineEntity({
  name: 'User',
  tableName: 'quickstart_user',
  properties: {
    id: p.integer().primary(),
    username: p.string().unique(),
    passwordHash: p.string().hidden(), // hidden: never part of ctx.user
    isActive: p.boolean().default(true),
    isAdmin: p.boolean().default(false),
  },
  triggers: [durinTrigger()], // announces changes by SQL, such as those in psql
});

export type User = InferEntity<typeof User>;

/** `audit` and `usage` fill the views Audit and Usage of the admin page. */
export const { Client, AuthToken, DurinAudit, DurinUsage } = defineDurinEntities({
  user: () => User,
  notify: true,
  audit: true,
  usage: true,
});

export const entities = [User, Client, AuthToken, DurinAudit, DurinUsage];
