import type { EntityManager, MikroORM } from '@mikro-orm/core';
import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { createDurin, type DurinContext } from '../../src/index.ts';
import { hashPassword, verifyPassword } from '../../src/password.ts';
import { createClock } from './clock.ts';
import { closeDatabase, openDatabase } from './database.ts';
import { AuthToken, Client, entities, Organization, User } from './entities.ts';

export { type Clock, createClock } from './clock.ts';

export const secret = 'a secret of the tests, long enough for them';
export const password = 'correct horse battery staple';

/** The hash of `password`, once per process, because hashing is slow on purpose. */
const passwordHash = hashPassword(password);

/** What most tests need: an app with users alice and bob, the clients web, cli and api, and a clock of its own. */
export async function openApp(clock = createClock()) {
  const orm = await openDatabase({ entities });
  const em = orm.em.fork();
  const acme = em.create(Organization, { name: 'Acme' });
  for (const username of ['alice', 'bob']) {
    em.create(User, { username, passwordHash: await passwordHash, organization: acme, biography: 'a long story' });
  }
  await em.flush();
  /** What `durin` was created with: spread it to create another one, and add what a test is about. */
  const options = { ...requiredOptions(orm), clients, now: clock };
  const durin = createDurin(options);
  await durin.clients.sync();
  return { orm, durin, clock, options, close: () => closeDatabase(orm) };
}

/** Clients of the test app: web for a day, cli for ever, api for a year. */
export const clients = {
  web: { tokenTtl: '1d' },
  cli: { tokenTtl: null },
  api: { tokenTtl: '365d' },
} as const;

/** The options without which there is no durin; spread them and add what a test is about. */
export function requiredOptions(orm: MikroORM) {
  return {
    orm,
    entities: { User, Client, AuthToken },
    secret,
    verifyCredentials: async ({ input, em }: { input: { username: string; password: string }; em: EntityManager }) => {
      const user = await em.findOne(User, { username: input.username }, { populate: ['passwordHash'] });
      return (await verifyPassword(user?.passwordHash, input.password)) ? user : null;
    },
  };
}

export const t = initTRPC.context<DurinContext>().create({ transformer: superjson, isDev: false });

/** Who calls: a token, and from where. */
export interface Caller {
  token?: string | undefined;
  /** A whole Authorization header, in place of the token. */
  header?: string | undefined;
  ipAddress?: string | undefined;
  userAgent?: string | undefined;
}

/** What an HTTP adapter passes to `createContext`, for calls without a socket. */
export function requestOf({ token, header, ipAddress = '127.0.0.1', userAgent = 'test' }: Caller = {}) {
  const authorization = header ?? (token === undefined ? undefined : `Token ${token}`);
  return {
    req: {
      headers: { ...(authorization && { authorization }), 'user-agent': userAgent },
      socket: { remoteAddress: ipAddress },
    },
  };
}
