import { createServer } from 'node:http';
import express from 'express';
import createFastify from 'fastify';
import { Hono } from 'hono';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { type AuthOf, expressGuard, fastifyGuard, honoGuard } from '../../../src/http/index.ts';
import { type Statement, tapStatements } from '../../support/statement-tap.ts';
import { listen } from '../adapters/node-server.ts';
import { answerTo, openRoutesApp, type RoutesApp, type RoutesDurin, routes } from './routes-app.ts';

let app: RoutesApp;
let statements: Statement[];
beforeAll(async () => {
  app = await openRoutesApp();
  statements = await tapStatements(app.orm);
});
beforeEach(() => app.clock.advance(60));
afterAll(() => app.close());

const search = routes['/search'] ?? {};

interface Served {
  get(headers: Record<string, string>): Promise<Response>;
  close(): Promise<void>;
}

/** Each guards all of its routes, and `/search` once more. */
const servers: Readonly<Record<string, (durin: RoutesDurin) => Promise<Served>>> = {
  async Express(durin) {
    const server = express();
    server.use((_request, response, next) => {
      response.setHeader('Cache-Control', 'no-store');
      next();
    });
    server.use(expressGuard(durin));
    server.get('/search', expressGuard(durin, search), ({ auth }, response) => void response.send(answerTo(auth)));
    const { url, close } = await listen(createServer(server));
    return { get: (headers) => fetch(`${url}/search`, { headers }), close };
  },

  async Fastify(durin) {
    const server = createFastify();
    server.addHook('onRequest', async (_request, reply) => void reply.header('Cache-Control', 'no-store'));
    server.addHook('onRequest', fastifyGuard(durin));
    server.get('/search', { onRequest: fastifyGuard(durin, search) }, async ({ auth }) => answerTo(auth));
    const url = await server.listen({ port: 0, host: '127.0.0.1' });
    return { get: (headers) => fetch(`${url}/search`, { headers }), close: () => server.close() };
  },

  async Hono(durin) {
    const server = new Hono<{ Variables: { auth: AuthOf<RoutesDurin> } }>();
    server.use(honoGuard(durin));
    server.get('/search', honoGuard(durin, search), (c) =>
      c.text(answerTo(c.get('auth')), 200, { 'Cache-Control': 'no-store' }),
    );
    return { get: async (headers) => server.request('/search', { headers }), close: async () => {} };
  },
};

describe.each(Object.entries(servers))('two guards of %s', (_name, serve) => {
  let served: Served;
  beforeAll(async () => {
    served = await serve(app.durin);
  });
  afterAll(() => served.close());

  test("count the client's rate once for each request, and the route's", async () => {
    const { token } = await app.durin.tokens.issue({ user: 1, client: 'cli' });
    const response = await served.get({ authorization: `Bearer ${token}` });
    expect(await response.text()).toBe('alice by cli');
    expect(response.headers.get('ratelimit')).toMatch(/^"client";r=2;t=\d+, "search";r=1;t=\d+$/);
  });

  test('share a look-up', async () => {
    const { token } = await app.durin.tokens.issue({ user: 1, client: 'web' });
    const before = statements.length;
    await served.get({ authorization: `Bearer ${token}` });
    const lookUps = statements.slice(before).filter(({ text }) => /^\s*select/.test(text)); // uses may be written meanwhile
    expect(lookUps).toHaveLength(1);
  });

  test('leave a Cache-Control as it is', async () => {
    const { token } = await app.durin.tokens.issue({ user: 1, client: 'api', name: crypto.randomUUID() });
    const response = await served.get({ 'x-api-key': token });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });
});
