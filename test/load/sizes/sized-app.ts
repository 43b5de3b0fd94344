import { MikroORM } from '@mikro-orm/postgresql';
import { initTRPC } from '@trpc/server';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { createDurin, type DurinContext } from '../../../src/index.ts';
import { createDatabase, secret } from '../../bench/population.ts';
import { audited, auditedEntities } from '../../support/audit/audited-entities.ts';
import { createClock } from '../../support/clock.ts';
import { User } from '../../support/entities.ts';
import { blocksReadBy } from '../../support/plans.ts';
import { tapStatements } from '../../support/statement-tap.ts';
import { plant } from './population.ts';

/** An app with this many tokens, in a database of its own on this server, and a caller of its admin router. */
export async function openSizedApp(serverUrl: string, tokens: number) {
  const clientUrl = await createDatabase(serverUrl, `durin_with_${tokens}`);
  const orm = await MikroORM.init({ clientUrl, entities: auditedEntities });
  await orm.schema.create();
  const startedAt = performance.now();
  await plant(orm, tokens);
  const plantedInMs = Math.round(performance.now() - startedAt);
  const clock = createClock(Date.now());
  const { Client, AuthToken } = audited;
  const durin = createDurin({
    orm,
    entities: { User, Client, AuthToken },
    secret,
    verifyCredentials: () => null,
    now: clock,
    databaseTimeout: '60s', // twice the default: tests run on slow machines that do other work too
  });
  const { adminRouter } = createDurinAdmin(durin, { isAdmin: () => true });
  const router = initTRPC.context<DurinContext>().create().router({ admin: adminRouter });
  const { token } = await durin.tokens.issue({ user: 1, client: 'client 3' });
  const headers = { authorization: `Token ${token}` };
  const { admin } = router.createCaller(durin.createContext({ req: { headers } }));
  const statements = await tapStatements(orm);
  const run = (sql: string, parameters: readonly unknown[] = []) =>
    orm.em.getConnection().execute<Record<string, unknown>[]>(sql, [...parameters]);

  return {
    orm,
    durin,
    clock,
    admin,
    tokens,
    plantedInMs,
    statements,
    run,
    /** How long a call takes, and how many blocks its statements read, from memory or from disk. */
    async measure(call: () => Promise<unknown>) {
      statements.length = 0;
      const calledAt = performance.now();
      await call();
      const ms = Math.round(performance.now() - calledAt);
      const selects = statements.filter(({ text }) => text.startsWith('select')).slice();
      let blocks = 0;
      for (const select of selects) blocks += await blocksReadBy(orm, select);
      return { ms, blocks };
    },
    async close() {
      await durin.close();
      await orm.close();
    },
  };
}

export type SizedApp = Awaited<ReturnType<typeof openSizedApp>>;
export type Admin = SizedApp['admin'];
