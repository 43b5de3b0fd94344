import { defineEntity, type InferEntity, p } from '@mikro-orm/core';
import { defineDurinEntities } from '../../src/index.ts';

/** Entities as an app would define them. */
export const Organization = defineEntity({
  name: 'Organization',
  properties: { id: p.integer().primary(), name: p.string() },
});

export const User = defineEntity({
  name: 'User',
  tableName: 'app_user',
  properties: {
    id: p.integer().primary(),
    username: p.string().unique(),
    passwordHash: p.string().hidden().nullable(),
    isActive: p.boolean().default(true),
    role: p.string().default('member'),
    biography: p.text().lazy().nullable(),
    organization: () => p.manyToOne(Organization).nullable(),
  },
});

export type User = InferEntity<typeof User>;

export const { Client, AuthToken, TokenUse } = defineDurinEntities({ user: () => User });

export const entities = [Organization, User, Client, AuthToken];
