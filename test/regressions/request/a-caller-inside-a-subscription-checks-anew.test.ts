import {
  createTRPCClient,
  createWSClient,
  httpBatchStreamLink,
  httpSubscriptionLink,
  type TRPCLink,
  wsLink,
} from '@trpc/client';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { EventSource } from 'eventsource';
import superjson from 'superjson';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { listen } from '../../integration/adapters/node-server.ts';
import { openApp, t } from '../../support/app.ts';

const transformer = superjson;
let app: Awaited<ReturnType<typeof openApp>>;
let served: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  app = await openApp();
  served = await serve();
});
afterAll(async () => {
  await served.close();
  await app.close();
});

/** What ends the session after the first value of a stream. */
let endSession: () => Promise<unknown>;
/** What the second call of the stream was answered. The stream itself has ended by then. */
let secondAnswer: PromiseWithResolvers<string>;

function createRouter() {
  const { authedProcedure } = app.durin;
  const inner = t.router({ secret: authedProcedure.query(({ ctx }) => `secret of ${ctx.user.username}`) });
  const createCaller = t.createCallerFactory(inner);
  async function* readTwice(ctx: Parameters<typeof createCaller>[0]) {
    yield await createCaller(ctx).secret();
    await endSession();
    const second = createCaller(ctx).secret();
    secondAnswer.resolve(await second.catch((error: { durin: { code: string } }) => error.durin.code));
  }
  return t.router({
    watch: authedProcedure.subscription(({ ctx }) => readTwice(ctx)),
    streamed: authedProcedure.query(({ ctx }) => readTwice(ctx)),
  });
}

async function serve() {
  const router = createRouter();
  const { createContext, responseMeta } = app.durin;
  const server = createHTTPServer({ router, createContext, responseMeta });
  const wss = new WebSocketServer({ server });
  applyWSSHandler({ wss, router, createContext });
  const listening = await listen(server);
  return {
    ...listening,
    close() {
      wss.close();
      return listening.close();
    },
  };
}

type AppRouter = ReturnType<typeof createRouter>;

async function signIn() {
  const { token, auth } = await app.durin.tokens.issue({ user: 1, client: 'web' });
  endSession = () => app.durin.tokens.revoke(auth.id);
  secondAnswer = Promise.withResolvers();
  return { authorization: `Token ${token}` };
}

async function answersOver(link: TRPCLink<AppRouter>): Promise<string[]> {
  const client = createTRPCClient<AppRouter>({ links: [link] });
  const first = Promise.withResolvers<string>();
  client.watch.subscribe(undefined, { onData: first.resolve });
  return Promise.all([first.promise, secondAnswer.promise]);
}

const answers = ['secret of alice', 'INVALID_TOKEN'];

test('over server-sent events', async () => {
  const headers = await signIn();
  const eventSourceOptions = {
    fetch: (url: string | URL, init: RequestInit) =>
      fetch(url, { ...init, headers: { ...Object.fromEntries(new Headers(init.headers)), ...headers } }),
  };
  const link = httpSubscriptionLink({ url: served.url, transformer, EventSource, eventSourceOptions });
  expect(await answersOver(link)).toEqual(answers);
});

test('over a WebSocket', async () => {
  const client = createWSClient({ url: served.url.replace('http', 'ws'), connectionParams: await signIn() });
  const link = wsLink({ client, transformer });
  expect(await answersOver(link)).toEqual(answers);
  await client.close();
});

test('in a streamed answer that lasts longer than a second', async () => {
  const headers = await signIn();
  const revoke = endSession;
  endSession = async () => {
    await revoke();
    app.clock.advance(1);
  };
  const link = httpBatchStreamLink<AppRouter>({ url: served.url, transformer, headers });
  const streamed = await createTRPCClient<AppRouter>({ links: [link] }).streamed.query();
  const { value: first } = await streamed[Symbol.asyncIterator]().next();
  expect([first, await secondAnswer.promise]).toEqual(answers);
});
