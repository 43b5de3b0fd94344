import { once } from 'node:events';
import type { MikroORM } from '@mikro-orm/core';
import { type AuditEntry, createDurin } from '../../../src/index.ts';
import { type Caller, requestOf, secret, t } from '../app.ts';
import { codeOf } from '../arena.ts';
import { createClock } from '../clock.ts';
import { closeDatabase, openDatabase } from '../database.ts';
import { User } from '../entities.ts';
import { auditedEntities, auditedOptions } from './audited-entities.ts';

/** The SQL of MikroORM's entity managers, which `@mikro-orm/core` does not know. */
interface SqlRunner {
  execute(sql: string, parameters?: readonly unknown[]): Promise<object[]>;
}

/** An app whose tokens and clients are audited. */
export async function openAuditedApp() {
  const clock = createClock();
  const orm = await openDatabase({ entities: auditedEntities });
  const durin = createDurin({ ...auditedOptions(orm, secret), now: clock });
  await durin.clients.sync();
  /** The sessions whose calls wait for their end. */
  const waiting: string[] = [];
  const appRouter = t.router({
    auth: durin.durinRouter,
    read: durin.guardedProcedure({ scopes: ['read'] }).query(({ ctx }) => ctx.auth.id),
    /** Answers with the code that the session ends with. */
    untilItEnds: durin.authedProcedure.query(async ({ ctx: { auth } }) => {
      const ended = once(auth.ended, 'abort');
      waiting.push(auth.id);
      await ended;
      return codeOf(auth.ended.reason);
    }),
    flush: durin.authedProcedure.mutation(() => durin.flush()),
    signOut: durin.authedProcedure.mutation(({ ctx }) => durin.tokens.revoke(ctx.auth.id)),
  });
  const callAs = (caller: Caller = {}) => appRouter.createCaller(durin.createContext(requestOf(caller)));
  const latest = async () => (await durin.audit.list({ limit: 1 }))[0]?.id ?? '0';

  return {
    orm,
    clock,
    durin,
    waiting,
    callAs,
    /** A user with a name and a password of its own. */
    async addUser(): Promise<User> {
      const em = orm.em.fork();
      const username = crypto.randomUUID();
      const user = em.create(User, { username, passwordHash: `password of ${username}` });
      await em.flush();
      return user;
    },
    /** Changes a user in a flush, as an app does. */
    async flush(user: Pick<User, 'id'>, change: (user: User, em: MikroORM['em']) => unknown): Promise<void> {
      const em = orm.em.fork();
      change(await em.findOneOrFail(User, user.id), em);
      await em.flush();
    },
    run: (sql: string, parameters: readonly unknown[] = []) =>
      (orm.em as unknown as SqlRunner).execute(sql, parameters),
    /** Runs statements in one transaction. */
    runTogether: (...statements: readonly string[]) =>
      orm.em.fork().transactional(async (em) => {
        for (const sql of statements) await (em as unknown as SqlRunner).execute(sql);
      }),
    /** What the audit has of the changes that this work makes, in their order. */
    async changesOf(work: () => unknown): Promise<AuditEntry<number>[]> {
      const before = BigInt(await latest());
      await work();
      const entries = await durin.audit.list({ limit: 1000 });
      return entries.filter(({ id }) => BigInt(id) > before).toReversed();
    },
    async close() {
      await durin.close();
      await closeDatabase(orm);
    },
  };
}

export type AuditedApp = Awaited<ReturnType<typeof openAuditedApp>>;

/** `revoked (logout) of web by user` */
export function inWords({ action, reason, client, actor }: AuditEntry): string {
  return `${action}${reason === null ? '' : ` (${reason})`} of ${client} by ${actor}`;
}
