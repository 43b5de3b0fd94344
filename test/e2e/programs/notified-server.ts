import { once } from 'node:events';
import { MikroORM } from '@mikro-orm/postgresql';
import { initTRPC } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { createDurin, type DurinContext } from '../../../src/index.ts';
import { postgresBus } from '../../../src/postgres/index.ts';
import { defineNotifiedEntities, notifiedSecret as secret } from '../../support/bus/notified-entities.ts';

// One of the processes of an app whose sessions PostgreSQL ends. It closes and ends by itself when it is told to stop.

const entities = defineNotifiedEntities({ notify: true });
const { User, Client, AuthToken } = entities;
const orm = await MikroORM.init({
  clientUrl: process.env['POSTGRES_URL'] ?? '',
  entities: Object.values(entities),
  pool: { min: 0, max: 10 },
});
const bus = postgresBus();
const durin = createDurin({
  orm,
  entities: { User, Client, AuthToken },
  secret,
  clients: { web: { tokenTtl: '1d' } },
  verifyCredentials: ({ input, em }) => em.findOne(User, { username: input.username }),
  cache: { ttl: '1h', bus },
  throttle: { login: false, authRouter: null },
});

const t = initTRPC.context<DurinContext>().create();
const router = t.router({
  auth: durin.durinRouter,
  me: durin.authedProcedure.query(({ ctx }) => ctx.user.username),
  isConnected: t.procedure.query(() => bus.isConnected()),
});

export type NotifiedRouter = typeof router;

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
  process.disconnect();
}
process.once('message', () => void stop());
