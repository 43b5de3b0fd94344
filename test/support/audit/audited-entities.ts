import type { EntityManager, MikroORM } from '@mikro-orm/core';
import { defineDurinEntities } from '../../../src/index.ts';
import { Organization, User } from '../entities.ts';

export const audited = defineDurinEntities({ user: () => User, audit: true, usage: true });
export const auditedEntities = [Organization, User, ...Object.values(audited)];

interface Credentials {
  username: string;
  password: string;
}

/** The options of a durin whose tables are audited. A password is what the user's column says. */
export function auditedOptions(orm: MikroORM, secret: string) {
  const { Client, AuthToken } = audited;
  return {
    orm,
    entities: { User, Client, AuthToken },
    secret,
    scopes: ['read'],
    clients: {
      web: { tokenTtl: '1d' },
      devices: { tokenTtl: '1d', maxSessions: 2, idleTtl: '1h' },
      personal: { tokenTtl: null },
      api: { tokenTtl: '30d', scopes: ['read'], keys: {} },
    },
    apiAccess: { clientName: 'personal' },
    credentialFields: ['passwordHash'],
    throttle: { login: false, authRouter: null },
    verifyCredentials: async ({ input, em }: { input: Credentials; em: EntityManager }) => {
      const user = await em.findOne(User, { username: input.username }, { populate: ['passwordHash'] });
      return user?.passwordHash === input.password ? user : null;
    },
  } as const;
}
