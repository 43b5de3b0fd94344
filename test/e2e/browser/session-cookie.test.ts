import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { createHTTPHandler } from '@trpc/server/adapters/standalone';
import { applyWSSHandler } from '@trpc/server/adapters/ws';
import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { listen } from '../../integration/adapters/node-server.ts';
import { type BrowserApp, credentials, openBrowserApp } from '../../integration/browser/browser-app.ts';
import { connectToChromium, openVisitor, type Visitor } from '../../support/browser/chromium.ts';

// One server at the app's origin, at a sub-domain of it, and at another site: each answers with its Host.

let browser: Browser;
let app: BrowserApp;
let sockets: WebSocketServer;
let served: Awaited<ReturnType<typeof listen>>;
let visitor: Visitor;
let page: Page;
beforeAll(async () => {
  [browser, app] = await Promise.all([connectToChromium(), openBrowserApp()]);
  const server = createServer(answer);
  sockets = new WebSocketServer({ server });
  applyWSSHandler({ wss: sockets, router: app.router, createContext: app.durin.createContext });
  served = await listen(server);
});
afterAll(async () => {
  sockets.close();
  await served.close();
  await app.close();
  await browser.close();
});
beforeEach(async () => {
  visitor = await openVisitor(browser, at('app'));
  page = await visitor.open();
});
afterEach(() => visitor.close());

/** Allows every origin, as no app should: what is refused is then refused by durin, and not by the browser. */
function answer(req: IncomingMessage, res: ServerResponse): void {
  res.setHeader('Access-Control-Allow-Origin', req.headers.origin ?? '*');
  res.setHeader('Access-Control-Allow-Credentials', 'true');
  res.setHeader('Access-Control-Allow-Headers', 'content-type');
  if (req.method === 'OPTIONS') res.writeHead(204).end();
  else if (req.url?.startsWith('/trpc/')) handle(req, res);
  else res.writeHead(200, { 'content-type': 'text/html' }).end('<!doctype html><title>A page</title>');
}

function handle(req: IncomingMessage, res: ServerResponse): void {
  const { createContext, responseMeta } = app.durin;
  createHTTPHandler({ router: app.router, createContext, responseMeta, basePath: '/trpc/' })(req, res);
}

const hosts = { app: 'app.localhost', 'a sub-domain': 'evil.app.localhost', 'another site': 'evil.localhost' };

function at(place: keyof typeof hosts, scheme = 'http'): string {
  return `${scheme}://${hosts[place]}:${new URL(served.url).port}`;
}

/** Calls the app with the browser's cookies, and returns the text of the answer. */
function call(from: Page, path: string, input?: object): Promise<string> {
  const url = `${at('app')}/trpc/${path}`;
  const body = input === undefined ? null : JSON.stringify(input);
  return from.evaluate(
    async (request) => {
      const init = request.body === null ? {} : { method: 'POST', body: request.body };
      const headers = { 'content-type': 'application/json' };
      return (await fetch(request.url, { ...init, headers, credentials: 'include' })).text();
    },
    { url, body },
  );
}

/** Makes a query over a WebSocket, and returns the text of the answer. */
function callOverSocket(from: Page, path: string): Promise<string> {
  return from.evaluate(
    ({ url, name }) =>
      new Promise<string>((resolve, reject) => {
        const socket = new WebSocket(url);
        socket.addEventListener('open', () =>
          socket.send(JSON.stringify({ id: 1, method: 'query', params: { path: name } })),
        );
        socket.addEventListener('message', ({ data }) => resolve(String(data)));
        socket.addEventListener('error', () => reject(new Error('no socket')));
      }),
    { url: at('app', 'ws'), name: path },
  );
}

/** Waits for the first event of a subscription. */
function subscribe(from: Page, path: string): Promise<string> {
  return from.evaluate(
    (url) =>
      new Promise<string>((resolve) => {
        const source = new EventSource(url, { withCredentials: true });
        const finish = (event: Event) => {
          source.close();
          resolve(String((event as MessageEvent).data));
        };
        source.addEventListener('message', finish);
        source.addEventListener('serialized-error', finish);
      }),
    `${at('app')}/trpc/${path}`,
  );
}

const cookies = () => visitor.context.cookies(at('app'));

test('a page signs in, reloads, calls over each transport, and signs out', async () => {
  expect(await call(page, 'auth.login', credentials)).toContain('"token":null');
  const [cookie] = await cookies();
  expect(cookie).toMatchObject({ name: '__Host-durin', httpOnly: true, secure: true, sameSite: 'Lax', path: '/' });
  await page.reload();
  expect(await call(page, 'auth.session')).toContain('alice');
  expect(await call(page, 'publish', {})).toContain('alice');
  expect(await callOverSocket(page, 'me')).toContain('alice');
  expect(await subscribe(page, 'watch')).toContain('alice');
  const seen = await page.evaluate('[document.cookie, JSON.stringify({ ...localStorage, ...sessionStorage })]');
  expect(seen).toEqual(['', '{}']);
  await call(page, 'auth.logout', {});
  expect(await cookies()).toEqual([]);
  expect(await call(page, 'auth.session')).toContain('"data":null');
});

describe.each(['a sub-domain', 'another site'] as const)('a page of %s', (place) => {
  let evil: Page;
  beforeEach(async () => {
    await call(page, 'auth.login', credentials);
    evil = await visitor.open(at(place));
  });

  test('makes no change, subscribes to nothing, and reads nothing on a socket', async () => {
    const refused = place === 'a sub-domain' ? 'CROSS_SITE' : 'NO_CREDENTIALS'; // SameSite=Lax keeps it within the site
    for (const answered of [
      await call(evil, 'publish', {}),
      await call(evil, 'auth.logoutAll', {}),
      await callOverSocket(evil, 'me'),
      await subscribe(evil, 'watch'),
    ])
      expect(answered).toContain(refused);
    expect(await call(page, 'auth.session')).toContain('alice');
  });

  test('signs nobody in', async () => {
    expect(await call(evil, 'auth.login', { ...credentials, username: 'bob' })).toContain('CROSS_SITE');
    expect(await call(page, 'auth.session')).toContain('alice');
  });

  test('makes no change with a form', async () => {
    const ended = await app.durin.tokens.issue({ user: 1, client: 'cli' });
    await evil.setContent(
      `<form method="post" enctype="text/plain" action="${at('app')}/trpc/auth.sessions.revokeOthers"><button>Win</button></form>`,
    );
    await Promise.all([evil.waitForNavigation(), evil.click('button')]);
    expect(await evil.textContent('body')).toContain('error');
    expect((await app.durin.authenticate(ended.token)).user.username).toBe('alice');
  });

  test('plants no cookie', async () => {
    const before = await cookies();
    for (const attributes of [`Domain=${hosts.app}; Secure; Path=/`, `Domain=${hosts.app}; Path=/`, 'Path=/; Secure'])
      await evil.evaluate(`document.cookie = '__Host-durin=${'f'.repeat(64)}; ${attributes}'`);
    expect(await cookies()).toEqual(before);
    expect(await call(page, 'publish', {})).toContain('alice');
  });
});
