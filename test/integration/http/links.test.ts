import {
  createTRPCClient,
  createWSClient,
  httpBatchLink,
  httpBatchStreamLink,
  httpLink,
  httpSubscriptionLink,
  safe,
  type TRPCLink,
  wsLink,
} from '@trpc/client';
import { initTRPC } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { EventSource } from 'eventsource';
import superjson from 'superjson';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { createDurin, type DurinContext, type DurinErrorCode } from '../../../src/index.ts';
import { openApp } from '../../support/app.ts';
import { credentials, issueToken, type Served, type TestApp, type TestDurin } from '../adapters/adapter-app.ts';
import { listen } from '../adapters/node-server.ts';

const plainRoot = initTRPC.context<DurinContext>().create({ isDev: false });
const richRoot = initTRPC.context<DurinContext>().create({ isDev: false, transformer: superjson });

function createProcedures({ durinRouter, authedProcedure }: TestDurin) {
  return {
    auth: durinRouter,
    me: authedProcedure.query(({ ctx }) => ({ name: ctx.user.username, since: ctx.auth.created })),
    watch: authedProcedure.subscription(async function* watch({ ctx }) {
      yield ctx.user.username;
    }),
  };
}
const createPlainRouter = (durin: TestDurin) => plainRoot.router(createProcedures(durin));
const createRichRouter = (durin: TestDurin) => richRoot.router(createProcedures(durin));
type PlainRouter = ReturnType<typeof createPlainRouter>;
type RichRouter = ReturnType<typeof createRichRouter>;

let app: TestApp;
let plain: Served;
let rich: Served;
let sockets: WebSocketServer;
beforeAll(async () => {
  app = await openApp();
  const durin = createDurin({ ...app.options, tokenInUrl: true });
  const { createContext, responseMeta } = durin;
  const plainServer = createHTTPServer({ router: createPlainRouter(durin), createContext, responseMeta });
  sockets = new WebSocketServer({ server: plainServer });
  applyWSSHandler({ wss: sockets, router: createPlainRouter(durin), createContext });
  plain = await listen(plainServer);
  rich = await listen(createHTTPServer({ router: createRichRouter(durin), createContext, responseMeta }));
});
afterAll(async () => {
  sockets.close();
  await plain.close();
  await rich.close();
  await app.close();
});

interface LinkOptions {
  url: string;
  headers: () => { authorization?: string };
}
const transformer = superjson;

/** Every HTTP link, without and with a transformer. */
const httpLinks: Record<
  string,
  { plain(options: LinkOptions): TRPCLink<PlainRouter>; rich(options: LinkOptions): TRPCLink<RichRouter> }
> = {
  httpLink: {
    plain: (options) => httpLink(options),
    rich: (options) => httpLink({ ...options, transformer }),
  },
  httpBatchLink: {
    plain: (options) => httpBatchLink(options),
    rich: (options) => httpBatchLink({ ...options, transformer }),
  },
  httpBatchStreamLink: {
    plain: (options) => httpBatchStreamLink(options),
    rich: (options) => httpBatchStreamLink({ ...options, transformer }),
  },
};

/** Headers with the token of a login, as an app would store it. */
function keepToken() {
  let authorization: string | undefined;
  return {
    headers: () => (authorization === undefined ? {} : { authorization }),
    keep(token: string) {
      authorization = `Token ${token}`;
    },
  };
}

describe.each(Object.entries(httpLinks))('%s', (_, links) => {
  test('a login, a guarded call and a refusal, without a transformer', async () => {
    const { headers, keep } = keepToken();
    const client = createTRPCClient<PlainRouter>({ links: [links.plain({ url: plain.url, headers })] });
    await expect(client.me.query()).rejects.toMatchObject({ data: { durin: { code: 'NO_CREDENTIALS' } } });
    const { token, expiry } = await client.auth.login.mutate(credentials);
    keep(token);
    expect(new Date(expiry ?? 0).getTime()).toBeGreaterThan(app.clock());
    expect(await client.me.query()).toEqual({ name: 'alice', since: expect.stringMatching(/^2026-.*Z$/) as string });
  });

  test('a login, a guarded call and a refusal, with superjson', async () => {
    const { headers, keep } = keepToken();
    const client = createTRPCClient<RichRouter>({ links: [links.rich({ url: rich.url, headers })] });
    await expect(client.me.query()).rejects.toMatchObject({ data: { durin: { code: 'NO_CREDENTIALS' } } });
    const { token, expiry } = await client.auth.login.mutate(credentials);
    keep(token);
    expect(expiry?.getTime()).toBeGreaterThan(app.clock());
    expect(await client.me.query()).toEqual({ name: 'alice', since: expect.any(Date) as Date });
    const [, refusal] = await safe(client.auth.sessions.revoke.mutate({ id: 'none' }));
    expect(refusal?.data?.durin?.code satisfies DurinErrorCode | undefined).toBe('SESSION_NOT_FOUND');
  });
});

interface Subscriber {
  watch: {
    subscribe(
      input: undefined,
      observer: { onData(name: string): void; onError(error: unknown): void },
    ): { unsubscribe(): void };
  };
}

/** The first value of the subscription, or its refusal. */
async function firstOf(client: Subscriber): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  const subscription = client.watch.subscribe(undefined, { onData: resolve, onError: reject });
  try {
    return await promise;
  } finally {
    subscription.unsubscribe();
  }
}

function subscriberOf(authorization: string, where: 'header' | 'connectionParams'): Subscriber[] {
  const connectionParams = where === 'connectionParams' ? { authorization } : {};
  const eventSourceOptions = {
    fetch(url: string | URL, init: RequestInit) {
      const headers = new Headers(init.headers);
      if (where === 'header') headers.set('authorization', authorization);
      return fetch(url, { ...init, headers });
    },
  };
  const options = { connectionParams, EventSource, eventSourceOptions };
  return [
    createTRPCClient<PlainRouter>({ links: [httpSubscriptionLink({ ...options, url: plain.url })] }),
    createTRPCClient<RichRouter>({ links: [httpSubscriptionLink({ ...options, url: rich.url, transformer })] }),
  ];
}

describe('httpSubscriptionLink', () => {
  test.each(['header', 'connectionParams'] as const)('a subscription is guarded by the token in %s', async (where) => {
    const authorization = `Token ${await issueToken(app, 1, 'web')}`;
    for (const client of subscriberOf(authorization, where)) expect(await firstOf(client)).toBe('alice');
  });

  test.each(['header', 'connectionParams'] as const)('a bad token in %s is refused with its code', async (where) => {
    const refusal = { data: { code: 'UNAUTHORIZED', durin: { code: 'INVALID_TOKEN' } } };
    for (const client of subscriberOf(`Token ${'f'.repeat(64)}`, where)) {
      await expect(firstOf(client)).rejects.toMatchObject(refusal);
    }
  });
});

test('wsLink works without a transformer', async () => {
  const connectionParams = { authorization: `Token ${await issueToken(app, 2, 'web')}` };
  const socket = createWSClient({ url: plain.url.replace('http', 'ws'), connectionParams });
  const client = createTRPCClient<PlainRouter>({ links: [wsLink({ client: socket })] });
  expect(await client.me.query()).toMatchObject({ name: 'bob' });
  expect(await firstOf(client)).toBe('bob');
  await client.auth.logout.mutate();
  await expect(client.me.query()).rejects.toMatchObject({ data: { durin: { code: 'INVALID_TOKEN' } } });
  await socket.close();
});
