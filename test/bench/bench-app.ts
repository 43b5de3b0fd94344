import { MikroORM } from '@mikro-orm/postgresql';
import { initTRPC } from '@trpc/server';
import { type CacheOptions, createDurin, type DurinContext } from '../../src/index.ts';
import { AuthToken, Client, entities, User } from '../support/entities.ts';

export const secret = 'a secret of the benchmark, long enough for it';

/** The app that is measured: its users hold a token each for the client `web`. */
export async function openBenchApp(url: string, cache?: CacheOptions) {
  const orm = await MikroORM.init({ clientUrl: url, entities, pool: { min: 0, max: 10 } });
  const durin = createDurin({
    orm,
    entities: { User, Client, AuthToken },
    secret,
    clients: { web: { tokenTtl: '1d' } },
    verifyCredentials: () => null,
    cache,
  });
  const t = initTRPC.context<DurinContext>().create();
  const router = t.router({
    unguarded: t.procedure.query(() => 'pong'),
    guarded: durin.authedProcedure.query(() => 'pong'),
  });
  return { orm, durin, router, close: () => Promise.all([durin.close(), orm.close()]) };
}

export type BenchApp = Awaited<ReturnType<typeof openBenchApp>>;

/** Creates the tables, `count` users and their tokens. */
export async function seed(app: BenchApp, count: number): Promise<string[]> {
  await app.orm.schema.create();
  await app.durin.clients.sync();
  const em = app.orm.em.fork();
  for (let index = 0; index < count; index += 1) em.create(User, { username: `user ${index}` });
  await em.flush();
  const tokens: string[] = [];
  for (let id = 1; id <= count; id += 1) tokens.push((await app.durin.tokens.issue({ user: id, client: 'web' })).token);
  await app.orm.em.getConnection().execute('vacuum analyze');
  return tokens;
}
