import { createServer } from 'node:http';
import { initTRPC } from '@trpc/server';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { type Observable, observable } from '@trpc/server/observable';
import { WebSocket, WebSocketServer } from 'ws';
import { z } from 'zod';
import type { DurinContext } from '../../../src/index.ts';
import type { AdapterCall } from '../../../src/request/durin-request.ts';
import { listen } from '../../integration/adapters/node-server.ts';
import { openEventStream } from '../../load/streams/event-stream.ts';
import { requestOf } from '../app.ts';
import { codeOf } from '../arena.ts';

const t = initTRPC.context<DurinContext>().create();

/** What the streams need of a durin. */
interface Guards {
  /** A builder, whatever the types of the app. */
  readonly authedProcedure: unknown;
  readonly createContext: (call?: AdapterCall) => DurinContext;
}

/** Streams that yield once and then never again, one of each kind. All of them are open. */
export interface SilentStreams {
  /** Resolves with the codes of the errors that ended them. */
  readonly ends: Promise<string[]>;
  close(): Promise<void>;
}

async function* once() {
  yield Date.now();
  await new Promise(() => {});
}

/** Opens them over server-sent events, over a WebSocket and in this process, as generators and as an observable. */
export async function openSilentStreams(durin: Guards, token: string): Promise<SilentStreams> {
  const { createContext } = durin;
  const authedProcedure = durin.authedProcedure as typeof t.procedure;
  const router = t.router({
    ticks: authedProcedure.input(z.number()).subscription(once),
    observable: authedProcedure.subscription(() => observable<number>((emit) => emit.next(Date.now()))),
  });
  const http = createServer(createHTTPHandler({ router, createContext }));
  const sockets = new WebSocketServer({ server: http });
  applyWSSHandler({ wss: sockets, router, createContext });
  const { url, close } = await listen(http);
  const caller = router.createCaller(createContext(requestOf({ token })));

  const events = openEventStream(url, token, 0);
  await events.opened;
  const overEvents = events.over.then(({ code }) => String(code));
  const overSocket = await openSocketStream(url, token);
  const asGenerator = await watchGenerator(await caller.ticks(0));
  const asObservable = watchObservable(await caller.observable());

  return {
    ends: Promise.all([overEvents, overSocket.end, asGenerator.end, asObservable.end]),
    async close() {
      for (const client of sockets.clients) client.terminate();
      await close();
    },
  };
}

/** How a stream ended: with the code of an error. */
interface Watched {
  readonly end: Promise<string>;
}

/** Speaks the protocol itself, since tRPC's client connects again. */
async function openSocketStream(url: string, token: string): Promise<Watched> {
  const opened = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<string>();
  const socket = new WebSocket(`${url.replace('http', 'ws')}/?connectionParams=1`);
  const send = (message: object) => socket.send(JSON.stringify(message));
  socket.on('open', () => {
    send({ method: 'connectionParams', data: { authorization: `Token ${token}` } });
    send({ id: 1, method: 'subscription', params: { path: 'ticks', input: 0 } });
  });
  socket.on('message', (data: Buffer) => {
    const { error, result } = JSON.parse(data.toString()) as {
      error?: { data: { durin: { code: string } } };
      result?: { type: string };
    };
    if (error !== undefined) ended.resolve(error.data.durin.code);
    else if (result?.type === 'data') opened.resolve();
  });
  await opened.promise;
  return { end: ended.promise };
}

async function watchGenerator(values: AsyncIterable<unknown>): Promise<Watched> {
  const iterator = values[Symbol.asyncIterator]();
  await iterator.next();
  return { end: iterator.next().then(() => 'another value', codeOf) };
}

function watchObservable(values: Observable<number, unknown>): Watched {
  const { promise: end, resolve } = Promise.withResolvers<string>();
  values.subscribe({ error: (error) => resolve(codeOf(error)), complete: () => resolve('complete') });
  return { end };
}
