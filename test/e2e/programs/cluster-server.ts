import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { MikroORM } from '@mikro-orm/postgresql';
import { initTRPC } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { createClient } from 'redis';
import { z } from 'zod';
import { type Bus, type CacheOptions, createDurin, type DurinContext } from '../../../src/index.ts';
import { postgresBus } from '../../../src/postgres/index.ts';
import { redisBus, redisStore } from '../../../src/redis/index.ts';
import { defineNotifiedEntities, notifiedSecret as secret } from '../../support/bus/notified-entities.ts';

// One of the processes of an app, which the tests fork. It closes and ends by itself when it is told to stop.

/** How the processes learn of each other's changes. With Redis, they share a store as well. */
export type Sharing = 'postgresBus' | 'redisBus' | 'redisStore';

const { POSTGRES_URL = '', REDIS_URL: url = '', BUS_URL = '', PREPARED } = process.env;
const sharing = process.env['SHARING'] as Sharing;

const entities = defineNotifiedEntities({ notify: sharing === 'postgresBus' });
const { User, Client, AuthToken } = entities;
const orm = await MikroORM.init({
  clientUrl: POSTGRES_URL,
  entities: Object.values(entities),
  pool: { min: 0, max: 10 },
});
const bus = createBus();
const redis = sharing === 'postgresBus' ? null : createClient({ url });
redis?.on('error', () => {});
void redis?.connect().catch(() => {});

const durin = createDurin({
  orm,
  entities: { User, Client, AuthToken },
  secret,
  clients: { web: { tokenTtl: '1d' }, cli: { tokenTtl: null } },
  verifyCredentials: ({ input, em }) => em.findOne(User, { username: input.username }),
  cache: createCache(),
  preparedStatements: PREPARED !== 'false',
  databaseTimeout: '5s',
  throttle: { login: false, authRouter: null, ...(redis !== null && { rate: '100000000/h', redis }) },
});

function createBus(): Bus | undefined {
  switch (sharing) {
    case 'postgresBus':
      return postgresBus(BUS_URL === '' ? {} : { connectionString: BUS_URL });
    case 'redisBus':
      return redisBus({ url });
    case 'redisStore':
      return undefined;
  }
}

function createCache(): CacheOptions {
  return sharing === 'postgresBus' ? { ttl: '1h', bus } : { ttl: '60s', store: redisStore({ url }), bus };
}

const t = initTRPC.context<DurinContext>().create();
const router = t.router({
  auth: durin.durinRouter,
  me: durin.authedProcedure.query(({ ctx }) => ctx.user.username),
  /** Yields the time, on the clock that all processes of a machine share. */
  ticks: durin.authedProcedure.input(z.number()).subscription(async function* ({ input: everyMs, signal }) {
    for (;;) {
      yield Date.now();
      await wait(everyMs, null, { ...(signal && { signal }) });
    }
  }),
  endAllOf: t.procedure
    .input(z.number())
    .mutation(async ({ input }) => ({ revoked: await durin.tokens.revokeAll({ user: input }) })),
  /** Is busy for this many milliseconds: nothing else runs. */
  block: t.procedure.input(z.number()).mutation(({ input: ms }) => {
    const until = performance.now() + ms;
    while (performance.now() < until);
  }),
  isConnected: t.procedure.query(() => bus?.isConnected() ?? true),
});

export type ClusterRouter = typeof router;

const server = createHTTPServer({ router, createContext: durin.createContext, responseMeta: durin.responseMeta });
server.listen(0, '127.0.0.1');
await once(server, 'listening');
const address = server.address();
process.send?.({ port: typeof address === 'object' ? address?.port : null });

async function stop(): Promise<void> {
  server.close();
  server.closeAllConnections();
  await durin.close();
  await orm.close();
  redis?.destroy();
  process.disconnect();
}
process.once('message', () => void stop());
