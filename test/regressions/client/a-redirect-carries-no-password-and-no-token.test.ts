import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createTRPCClient, httpBatchStreamLink } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import { afterEach, expect, test } from 'vitest';
import { createDurinClient, createDurinLink, memoryStorage, refuseRedirects } from '../../../client/index.ts';
import { listen } from '../../integration/adapters/node-server.ts';
import type { AppRouter } from '../../integration/client/sdk-app.ts';

const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

async function serve(listener: RequestListener) {
  const server: Server = createServer(listener);
  const { url, close } = await listen(server);
  closing.push(close);
  return url;
}

/** An API that redirects every call to another origin, which records what arrives. */
async function openRedirectingApi(status: number) {
  const seen: IncomingMessage[] = [];
  const other = await serve((request, response) => {
    seen.push(request);
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify([{ result: { data: { token: 'stolen', expiry: null } } }]));
  });
  const url = await serve((request, response) => {
    response.writeHead(status, { location: other.replace('127.0.0.1', 'localhost') + (request.url ?? '') }).end();
  });
  return { seen, url };
}

const storedSession = JSON.stringify({ token: 'secret-token', expiry: null, refreshAt: null });
const credentials = { username: 'alice', password: 'wonderland' };

test.each([301, 302, 303, 307, 308])('a %i to another origin fails', async (status) => {
  const { seen, url } = await openRedirectingApi(status);
  const storage = memoryStorage();
  storage.set('durin.auth.web', storedSession);
  const { trpc, auth } = createDurinClient<AppRouter>({ url, path: 'auth', client: 'web', storage } as never);
  await expect(auth.login(credentials)).rejects.toThrow('Redirected. Check url.');
  await expect(trpc.me.query()).rejects.toThrow('Redirected. Check url.');
  expect(seen).toEqual([]);
  expect(auth.getSnapshot()).toMatchObject({ status: 'signed-in', expiry: null });
  auth.close();
});

test('an app that builds its own client can refuse redirects too', async () => {
  const { seen, url } = await openRedirectingApi(307);
  const { link, headers } = createDurinLink({ path: 'auth', client: 'web' });
  const send = httpBatchStreamLink<AnyTRPCRouter>({ url, headers, fetch: refuseRedirects() });
  const trpc = createTRPCClient<AppRouter>({ links: [link, send] as never });
  await expect(trpc.auth.login.mutate({ ...credentials, client: 'web' })).rejects.toThrow('Redirected. Check url.');
  expect(seen).toEqual([]);
});

test('the app’s own fetch is called, and may follow redirects if it says so', async () => {
  const { seen, url } = await openRedirectingApi(307);
  const redirects: unknown[] = [];
  const send = refuseRedirects((input, init) => {
    redirects.push((init as RequestInit).redirect);
    return fetch(input as string, { ...(init as RequestInit), redirect: 'follow' });
  });
  expect(await send(url, { method: 'POST', body: '{}' })).toMatchObject({ status: 200 });
  expect(redirects).toEqual(['manual']);
  expect(seen).toHaveLength(1);
});

test('what a browser answers to a redirect is refused', async () => {
  const opaque = { status: 0, ok: false, type: 'opaqueredirect' };
  await expect(refuseRedirects(async () => opaque as never)('/trpc')).rejects.toThrow('Redirected. Check url.');
});
