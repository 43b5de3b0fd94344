import { createTRPCClient, createWSClient, wsLink } from '@trpc/client';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { WebSocket, WebSocketServer } from 'ws';
import { type BrowserApp, credentials, openBrowserApp } from './browser-app.ts';

let app: BrowserApp;
let url: string;
let server: WebSocketServer;
let cookie: string;
const closing: (() => Promise<void>)[] = [];
beforeAll(async () => {
  app = await openBrowserApp();
  server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  applyWSSHandler({ wss: server, router: app.router, createContext: app.durin.createContext });
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port was given');
  url = `ws://127.0.0.1:${address.port}`;
  const { token } = await app.durin.tokens.issue({ user: 1, client: 'web' });
  cookie = `__Host-durin=${token}`;
});
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});
afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await app.close();
});

function connect(headers: Record<string, string>, connectionParams: Record<string, string> | null = null) {
  class SocketWithHeaders extends WebSocket {
    constructor(address: string | URL) {
      super(address, { headers });
    }
  }
  const socket = createWSClient({
    url,
    connectionParams,
    WebSocket: SocketWithHeaders as unknown as typeof globalThis.WebSocket,
  });
  closing.push(() => socket.close());
  return createTRPCClient<BrowserApp['router']>({ links: [wsLink({ client: socket })] });
}

async function firstOf<T>(values: AsyncIterable<T>): Promise<T | undefined> {
  for await (const value of values) return value;
  return undefined;
}

const refusedWith = (code: string) => ({ data: { durin: { code } } });
const own = () => ({ origin: url.replace('ws:', 'http:') });

test('a page of the server has the cookie on its socket', async () => {
  const client = connect({ ...own(), cookie });
  expect(await client.me.query()).toBe('alice');
  expect(await client.publish.mutate()).toBe('alice');
  expect(await firstOf(client.watch.subscribe())).toBe('alice');
  expect(await client.auth.session.query()).toMatchObject({ user: { name: 'alice' } });
});

describe.each<[what: string, headers: Record<string, string>]>([
  ['a page of another site', { origin: 'https://evil.example', 'sec-fetch-site': 'cross-site' }],
  ['the same, without Sec-Fetch-Site', { origin: 'https://evil.example' }],
  ['a page of a sub-domain', { origin: 'https://evil.localhost', 'sec-fetch-site': 'same-site' }],
  ['a sandboxed frame', { origin: 'null' }],
  ['a program without Origin', {}],
])('%s', (_what, headers) => {
  test('cannot even read with the cookie', async () => {
    const client = connect({ ...headers, cookie });
    await expect(client.me.query()).rejects.toMatchObject(refusedWith('CROSS_SITE'));
    await expect(client.maybe.query()).rejects.toMatchObject(refusedWith('CROSS_SITE'));
    await expect(client.publish.mutate()).rejects.toMatchObject(refusedWith('CROSS_SITE'));
    await expect(client.auth.session.query()).rejects.toMatchObject(refusedWith('CROSS_SITE'));
    await expect(firstOf(client.watch.subscribe())).rejects.toMatchObject(refusedWith('CROSS_SITE'));
    expect(await client.hello.query()).toBe('hello');
  });

  test('can call with a token in connectionParams', async () => {
    const { token } = await app.durin.tokens.issue({ user: 2, client: 'cli' });
    const client = connect({ ...headers, cookie }, { authorization: `Token ${token}` });
    expect(await client.publish.mutate()).toBe('bob');
  });
});

test('on a socket no login or refresh is answered, and a logout is', async () => {
  const { token } = await app.durin.tokens.issue({ user: 2, client: 'web' });
  const client = connect({ ...own(), cookie: `__Host-durin=${token}` });
  await expect(client.auth.login.mutate(credentials)).rejects.toMatchObject(refusedWith('COOKIE_UNAVAILABLE'));
  await expect(client.auth.refresh.mutate()).rejects.toMatchObject(refusedWith('COOKIE_UNAVAILABLE'));
  expect(await client.me.query()).toBe('bob');
  await client.auth.logout.mutate();
  await expect(client.me.query()).rejects.toMatchObject(refusedWith('INVALID_TOKEN'));
});

test('a login on a socket is refused before its password is verified', async () => {
  const client = connect(own());
  const wrong = { ...credentials, password: 'wrong' };
  await expect(client.auth.login.mutate(wrong)).rejects.toMatchObject(refusedWith('COOKIE_UNAVAILABLE'));
});
