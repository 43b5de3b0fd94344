import { createServer, type RequestListener } from 'node:http';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import express from 'express';
import fastify from 'fastify';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LeaksHandler } from '../../../src/index.ts';
import { maxBodyBytes } from '../../../src/leaks/report-body.ts';
import { openApp } from '../../support/app.ts';
import { codeOf } from '../../support/arena.ts';
import { createReporter, type SignedReport } from '../../support/leaks/leak-reporter.ts';
import type { Served } from './adapter-app.ts';
import { listen } from './node-server.ts';

const { findKey, reportOf, reportOfBody } = createReporter();

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

let leaks: LeaksHandler;
let errors: unknown[];
let token: string;
beforeEach(async () => {
  errors = [];
  leaks = app.durin.leaks({ publicKey: findKey, onError: (error) => errors.push(error) });
  ({ token } = await app.durin.tokens.issue({ user: 1, client: 'api' }));
});

let served: Served | undefined;
afterEach(() => served?.close());

async function serve(listener: RequestListener): Promise<string> {
  served = await listen(createServer(listener));
  return `${served.url}/leaks`;
}

async function send(url: string, report: SignedReport = reportOf(token)) {
  const response = await fetch(url, report);
  const isJson = response.headers.get('content-type') === 'application/json';
  const labels = isJson ? ((await response.json()) as { label: string }[]).map(({ label }) => label) : [];
  return { status: response.status, labels };
}

/** Sends a forged report, then a genuine one. Returns the answers, and what the token is worth after each. */
async function exchange(url: string) {
  const look = () => app.durin.authenticate(token).then(({ client }) => client.name, codeOf);
  const forged = await send(url, createReporter().reportOf(token));
  const before = await look();
  const genuine = await send(url);
  return { forged, before, genuine, after: await look(), errors };
}

const expected = {
  forged: { status: 403, labels: [] },
  before: 'api',
  genuine: { status: 200, labels: ['true_positive'] },
  after: 'INVALID_TOKEN',
  errors: [],
};

test('works on node:http', async () => {
  const url = await serve((req, res) => void leaks(req, res));
  expect(await exchange(url)).toEqual(expected);
  for (const method of ['GET', 'HEAD', 'DELETE']) {
    const { status, headers } = await fetch(url, { method });
    expect([status, headers.get('allow')]).toEqual([405, 'POST']);
  }
});

test('works on Express, as a route and in front of a JSON parser', async () => {
  expect(await exchange(await serve(express().post('/leaks', leaks).use(express.json())))).toEqual(expected);
});

test.for([
  ['express.raw', express.raw({ type: '*/*' })],
  ['express.text', express.text({ type: '*/*' })],
  [
    'a parser that keeps rawBody',
    express.json({ verify: (req, _res, bytes) => void Object.assign(req, { rawBody: bytes }) }),
  ],
  ['a parser of another type', express.urlencoded()],
] as const)('works on Express behind %s', async ([, parser]) => {
  expect(await exchange(await serve(express().use(parser).post('/leaks', leaks)))).toEqual(expected);
});

test('behind a JSON parser, the report is refused with the reason', async () => {
  const url = await serve(express().use(express.json()).post('/leaks', leaks));
  const response = await fetch(url, reportOf(token));
  expect(response.status).toBe(500);
  expect(await response.text()).toBe(
    'The raw body is gone: another handler has read it. Route durin.leaks before body parsers, or use express.raw.\n',
  );
  expect(errors).toMatchObject([{ name: 'DurinUsageError' }]);
});

test('works on Fastify, in a scope without parsers', async () => {
  const server = fastify();
  await server.register(async (scope) => {
    scope.removeAllContentTypeParsers();
    scope.addContentTypeParser('*', (_request, _payload, done) => done(null));
    scope.post('/leaks', (request, reply) => {
      reply.hijack();
      void leaks(request.raw, reply.raw);
    });
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  served = { url, close: () => server.close() };
  expect(await exchange(`${url}/leaks`)).toEqual(expected);
});

test('a route handler of a fetch server may pass a second argument', async () => {
  const request = new Request('https://app.example.com/leaks', reportOf(token));
  const route: (request: Request, context: object) => Promise<Response> = leaks;
  const response = await route(request, { params: {} });
  expect(await response.json()).toMatchObject([{ label: 'true_positive' }]);
});

test('a body beyond the limit is refused, and the connection ends', async () => {
  const url = await serve((req, res) => void leaks(req, res));
  const { headers } = reportOfBody('[]');
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const lines = Object.entries({ Host: 'x', ...headers, 'Transfer-Encoding': 'chunked' }).map(
    ([name, value]) => `${name}: ${value}\r\n`,
  );
  socket.write(`POST /leaks HTTP/1.1\r\n${lines.join('')}\r\n`);
  const size = maxBodyBytes + 1;
  socket.write(`${size.toString(16)}\r\n${' '.repeat(size)}`);
  expect(await text(socket)).toMatch(/^HTTP\/1\.1 413 [\s\S]*connection: close/i);
});

test('a caller that hangs up breaks nothing', async () => {
  const handled = Promise.withResolvers<void>();
  const url = await serve((req, res) => void leaks(req, res).then(handled.resolve, handled.reject));
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  const lines = Object.entries(reportOf(token).headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.write(`POST /leaks HTTP/1.1\r\nHost: x\r\n${lines.join('')}Content-Length: 1000\r\n\r\n[`, () =>
    socket.destroy(),
  );
  await handled.promise;
  expect(errors).toEqual([]);
});
