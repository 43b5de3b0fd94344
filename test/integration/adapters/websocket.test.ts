import type { IncomingMessage } from 'node:http';
import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import superjson from 'superjson';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import type { DurinContext } from '../../../src/index.ts';
import { openApp } from '../../support/app.ts';
import {
  type AppRouter,
  createAppRouter,
  createDurinBehind,
  createDurinWithApiKeys,
  credentials,
  issueToken,
  type TestApp,
  type TestDurin,
} from './adapter-app.ts';

let app: TestApp;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  app = await openApp();
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});
afterAll(() => app.close());

type CreateContext = (call: { req: IncomingMessage }) => DurinContext;

async function serve(
  durin: TestDurin = app.durin,
  createContext: CreateContext = durin.createContext,
): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  applyWSSHandler({ wss: server, router: createAppRouter(durin), createContext });
  await new Promise((resolve) => server.once('listening', resolve));
  closing.push(() => new Promise((resolve) => server.close(() => resolve())));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  return `ws://127.0.0.1:${address.port}`;
}

interface Handshake {
  /** Sent once, when the connection is opened. */
  connectionParams?: Record<string, string> | undefined;
  headers?: Record<string, string>;
}

function connect(url: string, { connectionParams, headers = {} }: Handshake = {}) {
  class SocketWithHeaders extends WebSocket {
    constructor(address: string | URL) {
      super(address, { headers });
    }
  }
  const socket = createWSClient({
    url,
    connectionParams: connectionParams ?? null,
    WebSocket: SocketWithHeaders as unknown as typeof globalThis.WebSocket,
  });
  closing.push(() => socket.close());
  return createTRPCClient<AppRouter>({ links: [wsLink({ client: socket, transformer: superjson })] });
}

async function firstOf<T>(values: AsyncIterable<T>): Promise<T | undefined> {
  for await (const value of values) return value;
  return undefined;
}

const withToken = (token: string) => ({ connectionParams: { authorization: `Token ${token}` } });
const refusedWith = (code: string) => ({ data: { durin: { code } } });

test('the token is read from connectionParams', async () => {
  const client = connect(await serve(), withToken(await issueToken(app, 1, 'web')));
  expect(await client.me.query()).toBe('alice');
  expect(await client.publish.mutate()).toBe('alice by web');
  expect(await firstOf(client.watch.subscribe())).toBe('alice');
});

test('the handshakes Authorization header comes before connectionParams', async () => {
  const authorization = `Token ${await issueToken(app, 1, 'web')}`;
  const url = await serve();
  expect(await connect(url, { headers: { authorization } }).me.query()).toBe('alice');
  const both = { headers: { authorization }, ...withToken(await issueToken(app, 2, 'web')) };
  expect(await connect(url, both).me.query()).toBe('alice');
});

test('connectionParams are used if the header has another scheme', async () => {
  const headers = { authorization: 'Basic YTpi' };
  const client = connect(await serve(), { headers, ...withToken(await issueToken(app, 2, 'web')) });
  expect(await client.me.query()).toBe('bob');
});

test('calls and subscriptions without a valid token are refused', async () => {
  const url = await serve();
  await expect(connect(url).me.query()).rejects.toMatchObject(refusedWith('NO_CREDENTIALS'));
  const forger = connect(url, withToken('f'.repeat(64)));
  await expect(forger.me.query()).rejects.toMatchObject(refusedWith('INVALID_TOKEN'));
  const refused = new Promise((_, reject) => {
    forger.watch.subscribe(undefined, { onError: reject });
  });
  await expect(refused).rejects.toMatchObject(refusedWith('INVALID_TOKEN'));
});

test.each([
  ['the whole adapter call', (durin: TestDurin): CreateContext => durin.createContext],
  [
    'the request alone',
    (durin: TestDurin): CreateContext =>
      ({ req }) =>
        durin.createContext({ req }),
  ],
])('with a context from %s, a socket is refused after a revocation', async (_of, contextOf) => {
  const { token, auth } = await app.durin.tokens.issue({ user: 1, client: 'web' });
  const url = await serve(app.durin, contextOf(app.durin));
  const client = connect(url, { headers: { authorization: `Token ${token}` } });
  expect(await client.me.query()).toBe('alice');
  await app.durin.tokens.revoke(auth.id);
  await expect(client.me.query()).rejects.toMatchObject(refusedWith('INVALID_TOKEN'));
});

test('an open socket is refused from the instant of expiry', async () => {
  const { token } = await app.durin.tokens.issue({ user: 1, client: 'web', ttl: '1h' });
  const client = connect(await serve(), withToken(token));
  expect(await client.me.query()).toBe('alice');
  app.clock.advance(3600);
  await expect(client.me.query()).rejects.toMatchObject(refusedWith('TOKEN_EXPIRED'));
});

test('later calls on a socket use its login until the logout', async () => {
  const url = await serve();
  const [client, other] = [connect(url), connect(url)];
  await client.auth.login.mutate(credentials);
  expect(await client.me.query()).toBe('alice');
  await expect(other.me.query()).rejects.toMatchObject(refusedWith('NO_CREDENTIALS'));
  expect(await client.auth.sessions.list.query()).toMatchObject([{ client: 'web', isCurrent: true }]);
  await client.auth.logout.mutate();
  await expect(client.me.query()).rejects.toMatchObject(refusedWith('INVALID_TOKEN'));
  await client.auth.login.mutate({ ...credentials, username: 'bob' });
  expect(await client.me.query()).toBe('bob');
});

test('calls in one message see the login and logout before them', async () => {
  const client = connect(await serve());
  const calls = await Promise.allSettled([
    client.publish.mutate(),
    client.auth.login.mutate(credentials),
    client.publish.mutate(),
    client.auth.logout.mutate(),
    client.publish.mutate(),
  ]);
  expect(calls).toMatchObject([
    { reason: refusedWith('NO_CREDENTIALS') },
    { status: 'fulfilled' },
    { value: 'alice by web' },
    { status: 'fulfilled' },
    { reason: refusedWith('INVALID_TOKEN') },
  ]);
});

test('a throttled call has retryAfter in its error data', async () => {
  await app.durin.clients.update('api', { throttleRate: '1/m' });
  const client = connect(await serve(), withToken(await issueToken(app, 2, 'api')));
  expect(await client.me.query()).toBe('bob');
  const facts = { code: 'THROTTLED', retryAfter: 60, scope: 'client' };
  await expect(client.me.query()).rejects.toMatchObject({ data: { durin: facts } });
  app.clock.advance(60);
  expect(await client.me.query()).toBe('bob');
});

test('a session has the address and user agent of the handshake', async () => {
  const client = connect(await serve(), { headers: { 'user-agent': 'durin-socket/1.0' } });
  await client.auth.login.mutate({ ...credentials, client: 'cli' });
  const sessions = await client.auth.sessions.list.query();
  expect(sessions.find(({ isCurrent }) => isCurrent)).toMatchObject({
    client: 'cli',
    ipAddress: '127.0.0.1',
    userAgent: 'durin-socket/1.0',
  });
});

test.each([
  [0, '127.0.0.1'],
  [1, '203.0.113.3'],
  [2, '203.0.113.2'],
])('behind %i proxies the address is %s, whatever is claimed', async (trustProxy, expected) => {
  const headers = { 'x-forwarded-for': '198.51.100.1, 203.0.113.2, 203.0.113.3' };
  const client = connect(await serve(createDurinBehind(app, trustProxy)), { headers });
  expect(await client.origin.query()).toMatchObject({ ip: expected });
});

test('ctx.durin.header returns a header of the handshake', async () => {
  const client = connect(await serve(), { headers: { 'x-client': 'cli' } });
  expect(await client.clientHeader.query()).toBe('cli');
});

test('apiKeyHeader is read from the handshake, after connectionParams', async () => {
  const url = await serve(createDurinWithApiKeys(app));
  const headers = { 'x-api-key': await issueToken(app, 1, 'api') };
  expect(await connect(url, { headers }).me.query()).toBe('alice');
  const both = { headers, ...withToken(await issueToken(app, 2, 'web')) };
  expect(await connect(url, both).me.query()).toBe('bob');
});
