import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { defineDurinEntities } from 'trpc-durin';

export const User = defineEntity({
  name: 'User',
  properties: {
    id: p.integer().primary(),
    username: p.string().unique(),
    passwordHash: p.string().hidden(),
    team: () => p.manyToOne(Team),
  },
});

export const Team = defineEntity({
  name: 'Team',
  properties: { id: p.integer().primary(), name: p.string() },
});

export type User = InferEntity<typeof User>;

export const { Client, AuthToken } = defineDurinEntities({ user: () => User });
