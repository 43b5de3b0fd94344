import type { MikroORM } from '@mikro-orm/core';
import { MikroORM as PGliteORM } from '@mikro-orm/pglite';
import { MikroORM as PostgresORM } from '@mikro-orm/postgresql';
import { Keyv } from 'keyv';
import { createDurin, type DurinErrorCode } from '../../../src/index.ts';
import type { CacheOptions } from '../../../src/options/cache-options.ts';
import { type Caller, clients, createClock, password, requestOf, requiredOptions, t } from '../app.ts';
import { codeOf } from '../arena.ts';
import { closeDatabase, openDatabase, postgresUrl } from '../database.ts';
import { entities, Organization, User } from '../entities.ts';
import { FakeBusNetwork } from './cache-parts.ts';
import { inProcessOfItsOwn } from './process-of-its-own.ts';

export const kinds = ['memory', 'shared', 'layered'] as const;
export type Kind = (typeof kinds)[number];

export interface CachedAppOptions {
  rotateTokenOnLogin?: boolean;
}

/**
 * Two processes, as far as durin can tell: `here` and `there` each have an ORM of their own on one database, and share a
 * store, or a store and a bus. With the kind `memory` there is only one process, which is both.
 */
export async function openCachedApp(kind: Kind, ofBoth: CachedAppOptions = {}) {
  const statements: string[] = [];
  const storeCalls: string[] = [];
  const log = { debug: ['query' as const], logger: (line: string) => void statements.push(line) };
  const orm = await openDatabase({ entities, ...log, colors: false });
  const other = kind === 'memory' ? orm : await openAgain(orm, { ...log, contextName: 'there' });
  const em = orm.em.fork();
  const acme = em.create(Organization, { name: 'Acme' });
  for (const username of ['alice', 'bob']) em.create(User, { username, passwordHash: null, organization: acme });
  await em.flush();

  const clock = createClock();
  const values = new Map<string, unknown>();
  const network = new FakeBusNetwork();
  function cache(): CacheOptions {
    if (kind === 'memory') return { ttl: '60s' };
    const store = countCalls(new Keyv({ store: values }), storeCalls);
    return kind === 'shared' ? { ttl: '60s', store } : { ttl: '60s', store, bus: network.join() };
  }
  const start = (options: CachedAppOptions = {}, ownOrm = orm) =>
    inProcessOfItsOwn(() =>
      createDurin({
        ...requiredOptions(ownOrm),
        // Without hashing, which is slow by design.
        verifyCredentials: async ({ input, em: own }) =>
          input.password === password ? own.findOne(User, { username: input.username }) : null,
        clients,
        scopes: ['reports'],
        apiAccess: { clientName: 'api' },
        populate: ['user', 'user.organization'],
        cache: cache(),
        now: clock,
        ...options,
      }),
    );
  const here = start(ofBoth);
  const there = kind === 'memory' ? here : start(ofBoth, other);
  await here.clients.sync();
  const router = t.router({
    auth: here.durinRouter,
    me: here.authedProcedure.query(({ ctx }) => ({ user: ctx.user, auth: ctx.auth })),
  });
  const callAs = (caller: Caller = {}) => router.createCaller(here.createContext(requestOf(caller)));
  const both = [here, there];

  return {
    orm,
    start,
    here,
    there,
    both,
    clock,
    router,
    callAs,
    statements,
    storeCalls,
    values,
    login: (client: keyof typeof clients = 'web', username = 'alice') =>
      callAs().auth.login({ username, password, client }),
    /** Makes both processes cache the session, if they cache at all. */
    async warm(token: string) {
      for (const durin of [...both, ...both]) await durin.authenticate(token);
    },
    /** What each process answers to the token: what `see` returns of the session, or the code of the refusal. */
    async look<T>(token: string, see: (auth: Awaited<ReturnType<typeof here.authenticate>>) => T) {
      const answers: (T | DurinErrorCode)[] = [];
      for (const durin of both) answers.push(await durin.authenticate(token).then(see, codeOf));
      return answers;
    },
    async close() {
      for (const durin of new Set(both)) await durin.close();
      if (other !== orm) await other.close(true);
      await closeDatabase(orm);
    },
  };
}

export type CachedApp = Awaited<ReturnType<typeof openCachedApp>>;

/** Another ORM on the same database, which knows nothing of the first one's transactions. */
async function openAgain(orm: MikroORM, options: object): Promise<MikroORM> {
  if (postgresUrl === null) {
    const connection = orm.em.getConnection() as unknown as { getNativeClient(): Promise<unknown> };
    const pglite = await connection.getNativeClient();
    return await PGliteORM.init({ dbName: 'memory://', entities, driverOptions: { pglite }, ...options } as never);
  }
  const url = new URL(postgresUrl);
  url.pathname = `/${orm.config.get('dbName')}`;
  return await PostgresORM.init({ clientUrl: url.href, entities, ...options } as never);
}

/** The Keyv, recording the names of the calls that durin makes. */
function countCalls(keyv: Keyv, calls: string[]) {
  const called = <T>(name: string, answer: T) => {
    calls.push(name);
    return answer;
  };
  return {
    get: (key: string) => called('get', keyv.get<string>(key)),
    set: (key: string, value: string, ttl: number) => called('set', keyv.set(key, value, ttl)),
    delete: (key: string) => called('delete', keyv.delete(key)),
    getMany: (keys: string[]) => called('getMany', keyv.getMany<string>(keys)),
  };
}
