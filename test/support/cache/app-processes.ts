import KeyvRedis from '@keyv/redis';
import type { MikroORM } from '@mikro-orm/core';
import { Keyv } from 'keyv';
import { type CacheOptions, createDurin } from '../../../src/index.ts';
import { redisBus, redisStore } from '../../../src/redis/index.ts';
import { password, requestOf, requiredOptions, t } from '../app.ts';
import { codeOf } from '../arena.ts';
import { User } from '../entities.ts';
import { inProcessOfItsOwn } from './process-of-its-own.ts';
import { failFastKeyv } from './redis-stores.ts';

/** The ways in which an app may set up its store. */
export const stores = {
  'a Keyv by default': (url: string) => new Keyv({ store: new KeyvRedis(url) }),
  'a Keyv without an offline queue': (url: string) =>
    new Keyv({ store: new KeyvRedis({ url, disableOfflineQueue: true }) }),
  'a Keyv that throws': (url: string) =>
    new Keyv({
      store: new KeyvRedis({ url, disableOfflineQueue: true }, { throwOnErrors: true }),
      throwOnErrors: true,
    }),
  'a Keyv that fails fast': (url: string) => failFastKeyv(url),
  'a Keyv that emits no errors': (url: string) =>
    new Keyv({ store: new KeyvRedis({ url, disableOfflineQueue: true }), emitErrors: false }),
  'a redisStore': (url: string) => redisStore({ url }),
};

export type StoreKind = keyof typeof stores;

/** A user with a token. */
export interface Caller {
  readonly id: number;
  readonly username: string;
  readonly token: string;
}

export interface ProcessSettings {
  readonly url: string;
  readonly kind: StoreKind;
  readonly hasBus: boolean;
  /** The timeout of the store's calls, in milliseconds. Default: the library's. */
  readonly timeout?: number;
}

/** One of an app's processes, run inside this one: a durin with connections of its own. */
export function startProcess(orm: MikroORM, { url, kind, hasBus, timeout }: ProcessSettings) {
  return createProcess(orm, {
    ttl: '60s',
    store: stores[kind](url),
    bus: hasBus ? redisBus({ url }) : undefined,
    timeout,
  });
}

/** One that needs no Redis: how long it takes shows how busy the machine is. */
export const startUncachedProcess = (orm: MikroORM) => createProcess(orm);

function createProcess(orm: MikroORM, cache?: CacheOptions) {
  const durin = inProcessOfItsOwn(() =>
    createDurin({
      ...requiredOptions(orm),
      // Without hashing, which is not what is measured.
      verifyCredentials: async ({ input, em }) =>
        input.password === password ? em.findOne(User, { username: input.username }) : null,
      clients: { web: { tokenTtl: '1d' } },
      cache,
    }),
  );
  const router = t.router({ auth: durin.durinRouter, me: durin.authedProcedure.query(({ ctx }) => ctx.user.username) });
  const callAs = (token?: string) => router.createCaller(durin.createContext(requestOf({ token })));

  /** How a call is answered, with the user's name or the code of the refusal, and how long it took. */
  async function ask(token: string) {
    const startedAt = performance.now();
    const answer = await callAs(token).me().catch(codeOf);
    return { answer, startedAt, tookMs: performance.now() - startedAt };
  }

  return {
    durin,
    callAs,
    ask,
    me: async (token: string) => (await ask(token)).answer,
    login: async (username: string) => (await callAs().auth.login({ username, password, client: 'web' })).token,
  };
}

export type AppProcess = ReturnType<typeof startProcess>;

/** Adds users with a token each. */
export async function addCallers(
  orm: MikroORM,
  { durin }: Pick<AppProcess, 'durin'>,
  count: number,
): Promise<Caller[]> {
  await durin.clients.sync();
  const em = orm.em.fork();
  const name = crypto.randomUUID();
  const users = Array.from({ length: count }, (_, index) =>
    em.create(User, { username: `${name} ${index}`, passwordHash: null }),
  );
  await em.flush();
  return Promise.all(
    users.map(async ({ id, username }) => {
      const { token } = await durin.tokens.issue({ user: id, client: 'web' });
      return { id, username, token };
    }),
  );
}

/** Whether this process answers from its cache: then it does not see a change that bypasses the ORM. */
export async function usesCache(orm: MikroORM, process: AppProcess, caller: Caller): Promise<boolean> {
  const execute = (sql: string, ...values: unknown[]) => orm.em.fork().getConnection().execute(sql, values);
  await process.me(caller.token);
  const renamed = `${caller.username} renamed`;
  await execute('update app_user set username = ? where id = ?', renamed, caller.id);
  const isCached = (await process.me(caller.token)) === caller.username;
  await execute('update app_user set username = ? where id = ?', caller.username, caller.id);
  await process.durin.users.forget(caller.id);
  return isCached;
}

type Answer = Awaited<ReturnType<AppProcess['ask']>> & { readonly caller: Caller };

/** Calls all processes without a pause until it is stopped. */
export function underLoad(processes: readonly AppProcess[], callers: readonly Caller[]) {
  const answers: Answer[] = [];
  const waiting = new Set<() => void>();
  const ending = new AbortController();
  const running = processes.flatMap((process) =>
    [0, 1, 2].map(async (lane) => {
      for (let turn = lane; !ending.signal.aborted; turn += 1) {
        const caller = callers[turn % callers.length];
        if (caller !== undefined) answers.push({ ...(await process.ask(caller.token)), caller });
        for (const check of waiting) check();
        await new Promise((resolve) => setImmediate(resolve));
      }
    }),
  );
  return {
    /** Resolves once the answers are as they should be. */
    until(areSo: (answers: readonly Answer[]) => boolean): Promise<void> {
      return new Promise((resolve) => {
        function check(): void {
          if (!areSo(answers)) return;
          waiting.delete(check);
          resolve();
        }
        waiting.add(check);
      });
    },
    /** How long the slowest answer took so far. */
    slowestMs: () => Math.max(...answers.map(({ tookMs }) => tookMs)),
    /** Returns the answers. */
    async stop(): Promise<readonly Answer[]> {
      ending.abort();
      await Promise.all(running);
      return answers;
    },
  };
}
