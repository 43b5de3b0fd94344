import { type AddressInfo } from 'node:net';
import { serve as serveOnNode } from '@hono/node-server';
import { getConnInfo } from '@hono/node-server/conninfo';
import { type Context, Hono } from 'hono';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AuthOf, honoGuard } from '../../../src/http/index.ts';
import { createDurin } from '../../../src/index.ts';
import { describeRouteGuards } from '../../contracts/route-guard.ts';
import { openApp } from '../../support/app.ts';
import type { Served } from '../adapters/adapter-app.ts';
import { answerTo, type RoutesDurin, routes } from './routes-app.ts';

const addressOf = (c: Context) => getConnInfo(c).remote.address;

async function serve(durin: RoutesDurin, onError: (error: unknown) => void): Promise<Served> {
  const app = new Hono<{ Variables: { auth: AuthOf<RoutesDurin> } }>();
  for (const [path, options] of Object.entries(routes))
    app.all(path, honoGuard(durin, { ...options, ipAddress: addressOf }), (c) => c.text(answerTo(c.get('auth'))));
  app.onError((error, c) => {
    onError(error);
    return c.text('an error', 500);
  });
  const server = serveOnNode({ fetch: app.fetch, hostname: '127.0.0.1', port: 0 });
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: async () => void server.close() };
}

describeRouteGuards([{ name: 'honoGuard', setsHeaders: true, serve }]);

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

/** A server whose keys work on this machine alone. */
function createNearDurin() {
  return createDurin({
    ...app.options,
    scopes: ['read'],
    clients: { web: {}, api: { keys: { allowedNetworks: ['127.0.0.1'] } } },
  });
}

test('a network is judged by the address that the app knows', async () => {
  const durin = createNearDurin();
  await durin.clients.sync({ update: true });
  const { token } = await durin.tokens.issue({ user: 1, client: 'api' });
  const hono = new Hono<{ Variables: { auth: AuthOf<typeof durin> } }>();
  const guard = { scopes: ['read'] } as const;
  hono.get('/near', honoGuard(durin, { ...guard, ipAddress: () => '127.0.0.1' }), (c) => c.text('near'));
  hono.get('/far', honoGuard(durin, { ...guard, ipAddress: () => '192.0.2.7' }), (c) => c.text('far'));
  hono.get('/unknown', honoGuard(durin, guard), (c) => c.text('unknown'));
  const headers = { authorization: `Token ${token}` };
  const responses = await Promise.all(
    ['/near', '/far', '/unknown'].map(async (path) => hono.request(path, { headers })),
  );
  expect(responses.map(({ status }) => status)).toEqual([200, 403, 403]);
  expect(await responses[1]?.json()).toMatchObject({ code: 'NETWORK_NOT_ALLOWED' });
});

test("headers of the app's own Response take precedence", async () => {
  const durin = createDurin({ ...app.options, apiKeyHeader: 'x-api-key' });
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const hono = new Hono<{ Variables: { auth: AuthOf<typeof durin> } }>();
  hono.use(honoGuard(durin));
  hono.get('/own', () => new Response('own', { headers: { 'Cache-Control': 'no-store' } }));
  hono.get('/none', () => new Response('none'));
  const headers = { 'x-api-key': token };
  const own = await hono.request('/own', { headers });
  const none = await hono.request('/none', { headers });
  expect(own.headers.get('cache-control')).toBe('no-store');
  expect(none.headers.get('cache-control')).toBe('private');
});
