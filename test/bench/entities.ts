import { defineEntity, p } from '@mikro-orm/core';
import { defineDurinEntities } from '../../src/index.ts';

/** A user with as many columns as users have, of which a session shows all but the hash. */
export const User = defineEntity({
  name: 'BenchUser',
  properties: {
    id: p.integer().primary(),
    username: p.string().unique(),
    email: p.string().unique(),
    passwordHash: p.string().hidden().nullable(),
    fullName: p.string(),
    isActive: p.boolean().default(true),
    role: p.string().default('member'),
    locale: p.string().default('en-GB'),
    timeZone: p.string().default('Europe/Berlin'),
    avatarUrl: p.string().nullable(),
    createdAt: p.datetime(),
    emailVerifiedAt: p.datetime().nullable(),
  },
});

export const { Client, AuthToken } = defineDurinEntities({ user: () => User });

export const entities = [User, Client, AuthToken];

/** The same tables with an audit, for a database of their own. */
export const audited = defineDurinEntities({ user: () => User, audit: true });

export const auditedEntities = [User, ...Object.values(audited)];
