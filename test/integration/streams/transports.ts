import { createServer } from 'node:http';
import {
  createTRPCClient,
  createWSClient,
  httpBatchStreamLink,
  httpSubscriptionLink,
  type TRPCLink,
  wsLink,
} from '@trpc/client';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { EventSource } from 'eventsource';
import express from 'express';
import fastify from 'fastify';
import superjson from 'superjson';
import { WebSocketServer } from 'ws';
import { requestOf } from '../../support/app.ts';
import type { Served } from '../adapters/adapter-app.ts';
import { listen } from '../adapters/node-server.ts';
import type { StreamApp, StreamRouter } from './stream-app.ts';

const transformer = superjson;

/** What a consumer of a stream saw. */
export interface Watched {
  /** The events, and as the last one the code of the error or `'complete'`. */
  readonly events: unknown[];
  /** Resolves with the last event. */
  readonly over: Promise<unknown>;
  leave(): unknown;
}

type Name = 'generator' | 'waiting' | 'observable' | 'tracked';

/** A way to consume the app's streams. */
export interface Transport {
  watch(name: Name, token: string): Promise<Watched>;
  close(): Promise<unknown>;
}

function createWatched() {
  const events: unknown[] = [];
  const { promise: over, resolve } = Promise.withResolvers<unknown>();
  function finish(last: unknown): void {
    events.push(last);
    resolve(last);
  }
  return { events, over, finish };
}

export function codeOf(error: unknown): unknown {
  const { data, durin } = error as { data?: { durin?: { code: string } }; durin?: { code: string } };
  return durin?.code ?? data?.durin?.code ?? error;
}

/** What the subscriptions of a client have in common. */
type Subscribe = (
  input: undefined,
  on: { onData: (event: unknown) => void; onError: (error: unknown) => void; onComplete: () => void },
) => { unsubscribe(): void };

type Open = (token: string) => { link: TRPCLink<StreamRouter>; leave?: () => unknown };

function subscribing(open: Open, close: () => Promise<unknown>): Transport {
  return {
    async watch(name, token) {
      const { events, over, finish } = createWatched();
      const { link, leave } = open(token);
      const subscribe = createTRPCClient<StreamRouter>({ links: [link] })[name].subscribe as Subscribe;
      const subscription = subscribe(undefined, {
        onData: (event) => events.push(event),
        onError: (error) => finish(codeOf(error)),
        onComplete: () => finish('complete'),
      });
      return {
        events,
        over: over.finally(() => leave?.()),
        leave() {
          subscription.unsubscribe();
          return leave?.();
        },
      };
    },
    close,
  };
}

export async function serveSockets({ router, durin: { createContext } }: StreamApp) {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  applyWSSHandler({ wss: server, router, createContext });
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as { port: number };
  return {
    url: `ws://127.0.0.1:${port}`,
    close() {
      for (const socket of server.clients) socket.terminate();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}

async function overSockets(app: StreamApp): Promise<Transport> {
  const { url, close } = await serveSockets(app);
  return subscribing((token) => {
    const client = createWSClient({ url, connectionParams: { authorization: `Token ${token}` } });
    return { link: wsLink({ client, transformer }), leave: () => client.close() };
  }, close);
}

const servers = {
  standalone: ({ router, durin }: StreamApp) => listen(createHTTPServer({ router, ...handlersOf(durin) })),
  express({ router, durin }: StreamApp) {
    const server = express();
    server.use('/trpc', createExpressMiddleware({ router, ...handlersOf(durin) }));
    return listen(createServer(server), '/trpc');
  },
  async fastify({ router, durin }: StreamApp) {
    const server = fastify({ forceCloseConnections: true });
    const trpcOptions = { router, ...handlersOf(durin) };
    await server.register(fastifyTRPCPlugin, {
      prefix: '/trpc',
      trpcOptions: trpcOptions satisfies FastifyTRPCPluginOptions<StreamRouter>['trpcOptions'],
    });
    const address = await server.listen({ port: 0, host: '127.0.0.1' });
    return { url: `${address}/trpc`, close: () => server.close() };
  },
  async fetch({ router, durin }: StreamApp) {
    return {
      url: 'http://localhost/trpc',
      fetch: (input: Parameters<typeof fetch>[0], init?: RequestInit) =>
        fetchRequestHandler({ endpoint: '/trpc', req: new Request(input, init), router, ...handlersOf(durin) }),
      close: async () => {},
    };
  },
} satisfies Record<string, (app: StreamApp) => Promise<Served>>;

function handlersOf({ createContext, responseMeta }: StreamApp['durin']) {
  return { createContext, responseMeta };
}

/** Over server-sent events. */
async function overEvents(app: StreamApp, serve: (app: StreamApp) => Promise<Served>): Promise<Transport> {
  const { url, close, fetch: send = fetch } = await serve(app);
  return subscribing((token) => {
    const eventSourceOptions = {
      fetch: (input: string | URL, init: RequestInit) =>
        send(input, { ...init, headers: [...new Headers(init.headers), ['authorization', `Token ${token}`]] }),
    };
    return { link: httpSubscriptionLink({ url, transformer, EventSource, eventSourceOptions }) };
  }, close);
}

/** The same through `createCaller`, as a server component may. */
async function overCaller({ router, durin }: StreamApp): Promise<Transport> {
  return {
    async watch(name, token) {
      const { events, over, finish } = createWatched();
      const leaving = new AbortController();
      const ctx = durin.createContext(requestOf({ token }));
      const answer = await router.createCaller(ctx, { signal: leaving.signal })[name]();
      if ('subscribe' in answer) {
        const { unsubscribe } = answer.subscribe({
          next: (event) => events.push(event),
          error: (error) => finish(codeOf(error)),
          complete: () => finish('complete'),
        });
        return { events, over, leave: unsubscribe };
      }
      const iterator = answer[Symbol.asyncIterator]();
      async function read(): Promise<void> {
        try {
          for (let next = await iterator.next(); !next.done; next = await iterator.next()) events.push(next.value);
          finish('complete');
        } catch (error) {
          finish(codeOf(error));
        }
      }
      void read();
      return { events, over, leave: () => leaving.abort() };
    },
    close: async () => {},
  };
}

/** All ways in which a subscription travels. */
export const transports: Record<string, (app: StreamApp) => Promise<Transport>> = {
  'a WebSocket': overSockets,
  'server-sent events': (app) => overEvents(app, servers.standalone),
  'server-sent events of Express': (app) => overEvents(app, servers.express),
  'server-sent events of Fastify': (app) => overEvents(app, servers.fastify),
  'server-sent events of a fetch server': (app) => overEvents(app, servers.fetch),
  'a server-side caller': overCaller,
};

/** A client of streamed batches. */
export async function streamBatches(app: StreamApp) {
  const { url, close } = await servers.standalone(app);
  return {
    close,
    clientOf(token: string, signal?: AbortSignal) {
      const headers = { authorization: `Token ${token}` };
      const send = (input: Parameters<typeof fetch>[0], init?: RequestInit) =>
        fetch(input, { ...init, ...(signal && { signal }) });
      const link = httpBatchStreamLink({ url, transformer, headers, fetch: send as never });
      return createTRPCClient<StreamRouter>({ links: [link] });
    },
  };
}
