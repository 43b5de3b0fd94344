import { createTRPCClient, httpLink, safe } from '@trpc/client';
import { initTRPC } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openApp } from '../../support/app.ts';
import { credentials, type Served, type TestApp } from '../adapters/adapter-app.ts';
import { listen } from '../adapters/node-server.ts';

let app: TestApp;
let logged: Error[];
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

const explanation = 'ctx.durin is missing: the context must be made with durin.createContext';

function log({ error }: { error: Error }): void {
  logged.push(error);
}

/** This compiles, because tRPC does not compare the context of a nested router with the root's. */
function createCarelessRouter() {
  const t = initTRPC.context<{ db?: string; durin?: unknown }>().create({ isDev: false });
  const { durinRouter, authedProcedure, optionalProcedure } = app.durin;
  return t.router({
    auth: durinRouter,
    me: authedProcedure.query(({ ctx }) => ctx.user.username),
    anyone: optionalProcedure.query(({ ctx }) => ctx.user?.username ?? null),
  });
}

describe.each([
  ['does not exist', undefined],
  ['has none', () => ({ db: 'main' })],
  ['has it undefined', () => ({ durin: undefined })],
  ['has something else', () => ({ durin: { user: 'alice' } })],
])('where the context %s', (_, createContext) => {
  let served: Served;
  beforeAll(async () => {
    const { responseMeta } = app.durin;
    const options = { router: createCarelessRouter(), responseMeta, onError: log };
    served = await listen(createHTTPServer(createContext === undefined ? options : { ...options, createContext }));
  });
  afterAll(() => served.close());

  test.each([
    ['a guarded call', (client: Client) => safe(client.me.query())],
    ['an open call', (client: Client) => safe(client.anyone.query())],
    ['a login', (client: Client) => safe(client.auth.login.mutate(credentials))],
    ['a logout', (client: Client) => safe(client.auth.logout.mutate())],
  ])('%s fails with a server error whose cause is logged', async (__, call) => {
    logged = [];
    const responses: Response[] = [];
    const client: Client = createTRPCClient<CarelessRouter>({
      links: [
        httpLink({
          url: served.url,
          headers: { authorization: `Token ${'f'.repeat(64)}` },
          async fetch(input, init) {
            const response = await fetch(input, init as RequestInit);
            responses.push(response);
            return response;
          },
        }),
      ],
    });
    const [, refusal] = await call(client);
    expect(refusal?.data).toMatchObject({ code: 'INTERNAL_SERVER_ERROR', httpStatus: 500 });
    expect(refusal?.data).not.toHaveProperty('durin');
    expect(responses[0]?.status).toBe(500);
    expect(responses[0]?.headers.has('www-authenticate')).toBe(false);
    expect(logged).toMatchObject([{ message: explanation }]);
  });
});

type CarelessRouter = ReturnType<typeof createCarelessRouter>;
type Client = ReturnType<typeof createTRPCClient<CarelessRouter>>;
