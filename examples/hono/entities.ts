import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { defineDurinEntities } from 'trpc-durin';

export const User = defineEntity({
  name: 'User',
  properties: {
    id: p.integer().primary(),
    username: p.string().unique(),
    passwordHash: p.string().hidden(), // hidden: never part of ctx.user
    isActive: p.boolean().default(true),
    isAdmin: p.boolean().default(false),
  },
});

export type User = InferEntity<typeof User>;

export const { Client, AuthToken } = defineDurinEntities({ user: () => User });
