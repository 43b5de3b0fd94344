import { MikroORM } from '@mikro-orm/postgresql';
import { initTRPC } from '@trpc/server';
import { type ApiAccessOptions, type CacheOptions, createDurin, type DurinContext } from '../../src/index.ts';
import { tapStatements } from '../support/statement-tap.ts';
import { AuthToken, Client, entities, User } from './entities.ts';
import { secret } from './population.ts';

/** The app that is measured. It answers `pong` to every caller, to signed-in callers, to those with scopes, and behind a guard that does nothing. */
export async function openBenchApp(url: string, cache?: CacheOptions, apiAccess: ApiAccessOptions<string> = {}) {
  const orm = await MikroORM.init({ clientUrl: url, entities, pool: { min: 0, max: 10 } });
  const durin = createDurin({
    orm,
    entities: { User, Client, AuthToken },
    secret,
    verifyCredentials: () => null,
    cache,
    apiAccess,
    scopes: ['reports:read', 'reports:write', 'billing'],
    scopesOf: () => 'all',
  });
  const t = initTRPC.context<DurinContext>().create();
  const router = t.router({
    auth: durin.durinRouter,
    unguarded: t.procedure.query(() => 'pong'),
    guarded: durin.authedProcedure.query(() => 'pong'),
    scoped: durin.scopedProcedure(['reports:read', 'billing']).query(() => 'pong'),
    // What tRPC alone takes for a guard: a middleware that adds to the context.
    idle: t.procedure.use(({ next }) => next({ ctx: { user: null, auth: null } })).query(() => 'pong'),
  });
  return {
    orm,
    durin,
    router,
    /** All that is sent to the database from now on. */
    statements: () => tapStatements(orm),
    callAs: (token: string) =>
      router.createCaller(durin.createContext({ req: { headers: { authorization: `Token ${token}` } } })),
    async close() {
      await durin.close();
      await orm.close();
    },
  };
}

export type BenchApp = Awaited<ReturnType<typeof openBenchApp>>;
