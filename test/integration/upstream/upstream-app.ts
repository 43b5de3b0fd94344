import { randomUUID } from 'node:crypto';
import type { MikroORM } from '@mikro-orm/core';
import type { AnyTRPCRouter } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import superjson from 'superjson';
import { afterAll, afterEach, beforeAll, onTestFinished, vi } from 'vitest';
import { createDurin, type Durin, type DurinErrorData } from '../../../src/index.ts';
import type { LoginTypes } from '../../../src/router/durin-router.ts';
import type { AppTypes } from '../../../src/trpc/builders.ts';
import { type Caller, clients, openApp, requestOf, t } from '../../support/app.ts';
import { AuthToken, Client, User } from '../../support/entities.ts';

export const day = 86_400;

/** The app of a test file, on one database. After each test, tokens and additional clients and users are deleted. */
export function useApp() {
  let opened: Awaited<ReturnType<typeof openApp>> | null = null;
  const app = () => {
    if (opened === null) throw new Error('the app is open in tests only');
    return opened;
  };
  beforeAll(async () => {
    opened = await openApp();
  });
  afterEach(async () => {
    const em = app().orm.em.fork();
    await em.nativeDelete(AuthToken, {});
    await em.nativeDelete(Client, { name: { $nin: Object.keys(clients) } });
    await em.nativeDelete(User, { username: { $nin: ['alice', 'bob'] } });
    await em.nativeUpdate(User, {}, { isActive: true });
    await em.nativeUpdate(Client, {}, { throttleRate: null });
  });
  afterAll(() => app().close());

  return {
    get orm() {
      return app().orm;
    },
    get clock() {
      return app().clock;
    },
    /** The options that a test spreads into `createDurin`. */
    get options() {
      return app().options;
    },
    /** A durin with exactly these options. */
    durin() {
      return createDurin(this.options);
    },
    /** The token rows, read as the app's own code would. */
    tokens: (where: { user?: number } = {}) =>
      app()
        .orm.em.fork()
        .find(AuthToken, where, { populate: ['client'], orderBy: { created: 'asc' } }),
    userNamed: (username: string) => app().orm.em.fork().findOneOrFail(User, { username }),
    async addUser(username = randomUUID()) {
      const em = app().orm.em.fork();
      const user = em.create(User, { username });
      await em.flush();
      return user;
    },
  };
}

/** The app's router and ways to call it: `callAs` without HTTP, `fetch` through the fetch adapter. */
export function mount<TApp extends AppTypes, TLogin extends LoginTypes>(durin: Durin<TApp, TLogin>) {
  const router = t.router({
    auth: durin.durinRouter,
    me: durin.authedProcedure.query(({ ctx }) => ({ auth: ctx.auth, user: ctx.user })),
    maybe: durin.optionalProcedure.query(({ ctx }) => ctx.auth),
  });
  return {
    durin,
    callAs: (caller: Caller = {}) => router.createCaller(durin.createContext(requestOf(caller))),
    fetch: fetchOf(durin, router),
  };
}

interface HttpCall extends Pick<Caller, 'token' | 'header' | 'ipAddress'> {
  /** Sends a POST, as a mutation does. */
  input?: unknown;
  method?: 'GET' | 'POST' | 'DELETE';
  headers?: Record<string, string>;
}

interface Answer {
  result?: { data: unknown };
  error?: { json: { message: string; data: { code: string; durin?: DurinErrorData } } };
}

/** Calls a procedure over HTTP without a socket. Closes durin at the end of the test. */
export function fetchOf(
  durin: Pick<Durin<AppTypes, LoginTypes>, 'createContext' | 'responseMeta' | 'close'>,
  router: AnyTRPCRouter,
) {
  onTestFinished(() => durin.close());
  return async function fetchProcedure(path: string, call: HttpCall = {}) {
    const method = call.method ?? ('input' in call ? 'POST' : 'GET');
    const { headers } = requestOf(call).req;
    const req = new Request(`http://durin.test/trpc/${path}`, {
      method,
      headers: { ...headers, ...call.headers, 'content-type': 'application/json' },
      ...(method === 'POST' && { body: JSON.stringify(superjson.serialize(call.input)) }),
    });
    const { responseMeta } = durin;
    const createContext = (opts: object) => durin.createContext({ ...opts, ipAddress: call.ipAddress });
    const response = await fetchRequestHandler({ endpoint: '/trpc', req, router, createContext, responseMeta });
    const text = await response.text();
    const { error } = JSON.parse(text) as Answer;
    return { status: response.status, headers: response.headers, text, error: error?.json };
  };
}

/** A pattern that matches a refusal with this code. */
export function refusal(code: DurinErrorData['code']) {
  return { durin: { code } };
}

/** Runs the work and returns the SQL statements that MikroORM logged meanwhile. */
export async function statementsOf(orm: MikroORM, work: () => Promise<unknown>): Promise<string[]> {
  const logger = orm.config.getLogger();
  const statements: string[] = [];
  const spy = vi.spyOn(logger, 'logQuery').mockImplementation(({ query, params }) => {
    statements.push(`${query} ${JSON.stringify(params)}`);
  });
  logger.setDebugMode(['query']);
  try {
    await work();
  } finally {
    logger.setDebugMode(false);
    spy.mockRestore();
  }
  return statements.filter((statement) => !statement.startsWith('with used ')); // last_used_at is written outside requests
}
