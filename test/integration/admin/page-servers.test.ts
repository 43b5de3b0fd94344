import { createServer, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import express, { type ErrorRequestHandler } from 'express';
import fastify from 'fastify';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test, vi } from 'vitest';
import type { Served } from '../adapters/adapter-app.ts';
import { listen } from '../adapters/node-server.ts';
import { linksIn, openPageApp, type PageApp, signIn } from './page-app.ts';

let app: PageApp;
beforeAll(async () => {
  app = await openPageApp({ trustProxy: 1 });
});
afterAll(() => app.close());

let served: Served | undefined;
afterEach(() => served?.close());

async function serve(listener: RequestListener): Promise<string> {
  served = await listen(createServer(listener));
  return served.url;
}

/** Visits a mounted page: the path without a trailing slash, the page, its files and its API. */
async function visit(mountUrl: string) {
  const bare = await fetch(mountUrl.replace(/\/$/, ''), { redirect: 'manual' });
  const page = await fetch(mountUrl);
  const files = await Promise.all(linksIn(await page.text()).map((link) => fetch(new URL(link, mountUrl))));
  const alice = await signIn(mountUrl, 'alice');
  const created = await alice.admin.clients.create.mutate({ name: mountUrl });
  return {
    redirect: new URL(bare.headers.get('location') ?? '', bare.url).href,
    page: page.status,
    policy: page.headers.get('content-security-policy')?.split(';', 1)[0],
    files: [...new Set(files.map(({ status, headers }) => `${status} ${headers.get('content-encoding')}`))],
    whoami: (await alice.admin.whoami.query()).label,
    created: created.name,
  };
}

const expectedVisit = (mountUrl: string) => ({
  redirect: mountUrl,
  page: 200,
  policy: "default-src 'none'",
  files: ['200 gzip'],
  whoami: 'alice',
  created: mountUrl,
});

/** Answers with the error that the page passed to `next`. */
const sendError: ErrorRequestHandler = (error, _req, res, _next) => void res.status(500).send(String(error));

const behindProxy: typeof fetch = (input, init) => {
  const headers = new Headers(init?.headers);
  headers.set('x-forwarded-for', '6.6.6.6, 203.0.113.7');
  return fetch(input, { ...init, headers });
};

test('works on node:http', async () => {
  const url = await serve((req, res) => {
    if (req.url?.startsWith('/tools/admin')) void app.page(req, res);
    else res.writeHead(418).end();
  });
  expect(await visit(`${url}/tools/admin/`)).toEqual(expectedVisit(`${url}/tools/admin/`));
  expect((await fetch(`${url}/tools/admin/nothing.txt`)).status).toBe(404);
  expect((await fetch(`${url}/tools/admin/`, { method: 'PUT' })).status).toBe(405);
});

test('works as the whole server on node:http', async () => {
  const url = await serve((req, res) => void app.page(req, res));
  expect(await visit(`${url}/`)).toEqual(expectedVisit(`${url}/`));
});

test('works on Express, below a path, after a JSON parser', async () => {
  const server = express().use(express.json()).use('/inner/admin', app.page);
  const url = await serve(server);
  expect(await visit(`${url}/inner/admin/`)).toEqual(expectedVisit(`${url}/inner/admin/`));
});

test('works on Express, in a router and as a route', async () => {
  const router = express.Router().use('/admin', app.page);
  const server = express().use('/inner', router).all(['/route', '/route/{*rest}'], app.page);
  const url = await serve(server);
  expect(await visit(`${url}/inner/admin/`)).toEqual(expectedVisit(`${url}/inner/admin/`));
  expect(await visit(`${url}/route/`)).toEqual(expectedVisit(`${url}/route/`));
});

test('on Express, unknown paths and errors go to the next handler', async () => {
  const server = express()
    .use('/admin', (req, res, next) => {
      if (req.query['broken'] === undefined) void app.page(req, res, next);
      else void app.page(Object.defineProperty(req, 'headers', { value: { 'not a header': 'x' } }), res, next);
    })
    .use((_req, res) => void res.status(404).send('nothing else either'))
    .use(sendError);
  const url = await serve(server);
  expect(await (await fetch(`${url}/admin/nothing`)).text()).toBe('nothing else either');
  expect(await (await fetch(`${url}/admin/sub/`)).text()).toBe('nothing else either');
  const broken = await fetch(`${url}/admin/?broken`);
  expect(broken.status).toBe(500);
  expect(await broken.text()).toContain('not a header');
});

test('works on Fastify', async () => {
  const server = fastify({ routerOptions: { ignoreTrailingSlash: true } });
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.all('/admin/*', (request, reply) => {
      reply.hijack();
      void app.page(request.raw, reply.raw);
    });
    scope.all('/admin', (request, reply) => {
      reply.hijack();
      void app.page(request.raw, reply.raw);
    });
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  served = { url, close: () => server.close() };
  expect(await visit(`${url}/admin/`)).toEqual(expectedVisit(`${url}/admin/`));
});

test('the IP address is the one that a trusted proxy reports', async () => {
  const url = await serve((req, res) => void app.page(req, res));
  const direct = await signIn(`${url}/`, 'alice');
  await direct.auth.logoutAll.mutate();
  const alice = await signIn(`${url}/`, 'alice', behindProxy);
  expect(await alice.auth.sessions.list.query()).toMatchObject([{ ipAddress: '203.0.113.7' }]);
});

test.for([
  ['TRACE /admin/ HTTP/1.1\r\nHost: x', 405],
  ['GET /admin/ HTTP/1.1\r\nHost: [', 400],
  ['GET http://[ HTTP/1.1\r\nHost: x', 400],
] as const)('%j is refused without an error', async ([head, status]) => {
  const printed = vi.spyOn(console, 'error').mockReturnValue();
  onTestFinished(() => printed.mockRestore());
  const url = await serve((req, res) => void app.page(req, res));
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  socket.write(`${head}\r\nConnection: close\r\n\r\n`);
  expect(await text(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
  expect(printed).not.toHaveBeenCalled();
});

test('an endless body is cut off', async () => {
  const url = await serve((req, res) => void app.page(req, res));
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 65_536;
      if (sent > 50_000_000) controller.close();
      else controller.enqueue(new Uint8Array(65_536).fill(32));
    },
  });
  const init = { method: 'POST', body: endless, duplex: 'half', headers: { 'content-type': 'application/json' } };
  const status = await fetch(`${url}/api/auth.login`, init as RequestInit).then(
    (response) => response.status,
    () => 'cut off',
  );
  expect(['cut off', 413]).toContain(status);
  expect(sent).toBeLessThan(50_000_000);
});
