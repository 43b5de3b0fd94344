import { spawnSync } from 'node:child_process';
import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import {
  createTRPCClient,
  createWSClient,
  httpBatchLink,
  httpSubscriptionLink,
  splitLink,
  type TRPCLink,
  wsLink,
} from '@trpc/client';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { EventSource } from 'eventsource';
import superjson from 'superjson';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { WebSocketServer } from 'ws';
import { createDurinLink, type DurinLink, durinErrorOf } from '../../../../client/index.ts';
import { requestOf, t } from '../../../support/app.ts';
import { codeOf } from '../../../support/arena.ts';
import { type NotifiedApp, type NotifiedProcess, openNotifiedApp } from '../../../support/bus/notified-app.ts';
import { listen } from '../../adapters/node-server.ts';

const transformer = superjson;

let app: NotifiedApp;
let here: NotifiedProcess;
let server: Awaited<ReturnType<typeof serve>>;
beforeAll(async () => {
  app = await openNotifiedApp({ notify: true });
  here = await app.start();
  server = await serve(await app.start());
});
afterAll(async () => {
  await server.close();
  await app.close();
});

type Router = Awaited<ReturnType<typeof serve>>['router'];
type Sdk = DurinLink<Router>;

function ticksOf({ authedProcedure }: NotifiedProcess['durin']) {
  return authedProcedure.subscription(async function* ({ signal }) {
    for (;;) yield await wait(1, 'tick', signal && { signal });
  });
}

/** Serves a process's streams, which yield every millisecond. */
async function serve({ durin }: NotifiedProcess) {
  const router = t.router({
    auth: durin.durinRouter,
    ticks: ticksOf(durin),
  });
  const { createContext, responseMeta } = durin;
  const http = createServer(createHTTPHandler({ router, createContext, responseMeta }));
  const wss = new WebSocketServer({ server: http });
  applyWSSHandler({ wss, router, createContext });
  const { url, close } = await listen(http);
  return {
    router,
    url,
    async close() {
      for (const socket of wss.clients) socket.terminate();
      await close();
    },
  };
}

const overEvents = ({ headers }: Sdk): TRPCLink<Router> =>
  httpSubscriptionLink({
    url: server.url,
    transformer,
    EventSource,
    eventSourceOptions: ({ op }) => ({
      fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...headers({ op }) } }),
    }),
  });

const overSocket = ({ perSession }: Sdk): TRPCLink<Router> =>
  perSession((headers) => {
    const client = createWSClient({ url: server.url.replace('http', 'ws'), connectionParams: headers });
    return { link: wsLink({ client, transformer }), close: () => client.close() };
  });

test.each([
  ['server-sent events', overEvents],
  ['a WebSocket', overSocket],
])('a token deleted in psql ends its stream over %s, and signs out', async (_over, link) => {
  const { userId, clientId } = await app.enter(here);
  const names = await app.psql.query(
    'select username, name from app_user u, durin_client c where u.id = $1 and c.id = $2',
    [userId, clientId],
  );
  const { username, name } = names.rows[0] as { username: string; name: string };
  const sdk = createDurinLink<Router>({ path: 'auth', client: name });
  const others = httpBatchLink({ url: server.url, transformer, headers: sdk.headers });
  const trpc = createTRPCClient<Router>({
    links: [sdk.link, splitLink({ condition: ({ type }) => type === 'subscription', true: link(sdk), false: others })],
  });
  await trpc.auth.login.mutate({ username, password: 'any', client: name });

  const onData = vi.fn<(tick: string) => void>();
  const over = Promise.withResolvers<unknown>();
  trpc.ticks.subscribe(undefined, { onData, onError: over.resolve, onComplete: () => over.resolve('complete') });
  await vi.waitFor(() => expect(onData).toHaveBeenCalled());
  await app.psql.query('delete from durin_auth_token where user_id = $1', [userId]);
  expect(durinErrorOf(await over.promise)?.code).toBe('INVALID_TOKEN');
  expect(sdk.auth.getSnapshot()).toEqual({ status: 'signed-out', reason: 'revoked' });
  sdk.auth.close();
});

/** Deletes a token in a program of its own, while this process stands still. */
function deleteMeanwhile(tokenId: string): void {
  const program = `
    import { Client } from 'pg';
    const client = new Client({ connectionString: process.argv[1] });
    await client.connect();
    await client.query('delete from durin_auth_token where id = $1', [process.argv[2]]);
    await client.end();`;
  const args = ['--input-type=module', '--eval', program, app.url, tokenId];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  expect([status, stderr]).toEqual([0, '']);
}

test.each([300, 1500])('stopped for %s ms, a process delivers no event too late', async (stopMs) => {
  const { durin, bus } = await app.start();
  const { token, tokenId } = await app.enter(here);
  const router = t.router({ ticks: ticksOf(durin) });
  const values = await router.createCaller(durin.createContext(requestOf({ token }))).ticks();
  const deliveredAt: number[] = [];
  async function read(): Promise<void> {
    for await (const _ of values) deliveredAt.push(performance.now());
  }
  const over = read().catch(codeOf);
  await vi.waitFor(() => expect([bus.isConnected(), deliveredAt.length > 0]).toEqual([true, true]));
  deleteMeanwhile(tokenId);
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, stopMs);
  const resumedAt = performance.now();
  expect(await over).toBe('INVALID_TOKEN');
  expect(deliveredAt.filter((at) => at > resumedAt)).toEqual([]);
});
