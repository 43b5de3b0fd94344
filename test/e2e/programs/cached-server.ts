import { once } from 'node:events';
import { MikroORM } from '@mikro-orm/postgresql';
import { initTRPC } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { createClient } from 'redis';
import { z } from 'zod';
import { createDurin, type DurinContext } from '../../../src/index.ts';
import { redisBus, redisStore } from '../../../src/redis/index.ts';
import { AuthToken, Client, entities, User } from '../../support/entities.ts';

// One of the processes of an app, which the tests fork. It closes and ends by itself when it is told to stop.

const { POSTGRES_URL = '', REDIS_URL: url = '', HAS_BUS } = process.env;

const orm = await MikroORM.init({ clientUrl: POSTGRES_URL, entities, pool: { min: 0, max: 10 } });
const redis = createClient({ url });
redis.on('error', () => {});
void redis.connect().catch(() => {});

const durin = createDurin({
  orm,
  entities: { User, Client, AuthToken },
  secret: 'a secret of four processes, long enough for them',
  clients: { web: { tokenTtl: '1d' }, cli: { tokenTtl: null } },
  verifyCredentials: ({ input, em }) => em.findOne(User, { username: input.username }),
  cache: {
    ttl: '60s',
    store: redisStore({ url }),
    bus: HAS_BUS === 'yes' ? redisBus({ url }) : undefined,
  },
  throttle: { rate: '100000000/h', redis, login: false },
});

const t = initTRPC.context<DurinContext>().create();
const router = t.router({
  auth: durin.durinRouter,
  me: durin.authedProcedure.query(({ ctx }) => ctx.user.username),
  endAllOf: t.procedure
    .input(z.number())
    .mutation(async ({ input }) => ({ revoked: await durin.tokens.revokeAll({ user: input }) })),
});

export type AppRouter = typeof router;

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
  redis.destroy();
  process.disconnect();
}
process.once('message', () => void stop());
