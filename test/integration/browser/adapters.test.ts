import { createServer, ServerResponse } from 'node:http';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import { type FastifyTRPCPluginOptions, fastifyTRPCPlugin } from '@trpc/server/adapters/fastify';
import { createNextApiHandler } from '@trpc/server/adapters/next';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import express from 'express';
import fastify, { type FastifyReply } from 'fastify';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { listen } from '../adapters/node-server.ts';
import { type BrowserApp, credentials, openBrowserApp, type Serving } from './browser-app.ts';
import { openPage, type Send } from './fake-browser.ts';
import { serveOnLambda } from './lambda.ts';
import { serveByFetch } from './serve-by-fetch.ts';

interface Served {
  readonly url: string;
  readonly send?: Send;
  close(): Promise<void>;
}

interface Adapter {
  readonly name: string;
  serve(serving: Serving): Promise<Served>;
}

const adapters: Adapter[] = [
  {
    name: 'standalone',
    serve: (serving) => listen(createHTTPServer(serving)),
  },
  {
    name: 'Express',
    serve: (serving) => listen(createServer(express().use('/trpc', createExpressMiddleware(serving))), '/trpc'),
  },
  {
    name: 'Fastify',
    async serve(trpcOptions) {
      const server = fastify({ forceCloseConnections: true });
      await server.register(fastifyTRPCPlugin, {
        prefix: '/trpc',
        trpcOptions: trpcOptions satisfies FastifyTRPCPluginOptions<Serving['router']>['trpcOptions'],
      });
      const address = await server.listen({ port: 0, host: '127.0.0.1' });
      return { url: `${address}/trpc`, close: () => server.close() };
    },
  },
  {
    name: 'Next pages',
    async serve(serving) {
      const handle = createNextApiHandler(serving);
      return listen(
        createServer((req, res) => {
          const { pathname, searchParams } = new URL(req.url ?? '/', 'http://localhost');
          const query = { ...Object.fromEntries(searchParams), trpc: pathname.slice(1) };
          void handle(Object.assign(req, { query }), res);
        }),
      );
    },
  },
  { name: 'fetch', serve: async (serving) => serveByFetch(serving) },
  { name: 'Lambda, events of version 1', serve: async (serving) => serveOnLambda(serving, 1) },
  { name: 'Lambda, events of version 2', serve: async (serving) => serveOnLambda(serving, 2) },
];

let app: BrowserApp;
beforeAll(async () => {
  app = await openBrowserApp();
});
afterAll(() => app.close());

const attributes = { httpOnly: true, secure: true, sameSite: 'lax', path: '/' };

describe.each(adapters)('$name', ({ name, serve }) => {
  let served: Served;
  beforeAll(async () => {
    const { router, durin } = app;
    served = await serve({ router, createContext: durin.createContext, responseMeta: durin.responseMeta });
  });
  afterAll(() => served.close());
  const open = () => openPage(served.url, served.send);

  test('a login sets the cookie, and its answer has no token', async () => {
    const page = open();
    const { data } = await page.mutate('auth.login', credentials);
    expect(data).toMatchObject({ token: null, user: { name: 'alice' } });
    expect(page.received).toEqual([
      { name: '__Host-durin', value: expect.stringMatching(/^[0-9a-f]{64}$/), maxAge: 86_400, ...attributes },
    ]);
    expect(await page.query('me')).toEqual({ data: 'alice' });
    expect(await page.query('auth.session')).toMatchObject({ data: { user: { name: 'alice' } } });
  });

  test('a logout deletes the cookie', async () => {
    const page = open();
    await page.mutate('auth.login', credentials);
    await page.mutate('auth.logout');
    expect(page.received.at(-1)).toEqual({ name: '__Host-durin', value: '', maxAge: 0, ...attributes });
    expect(await page.query('me')).toEqual({ refused: 'NO_CREDENTIALS' });
    expect(await page.query('auth.session')).toEqual({ data: null });
  });

  test('a refresh moves the expiry of the cookie', async () => {
    const page = open();
    await page.mutate('auth.login', { ...credentials, username: 'bob' });
    app.clock.advance(3600);
    expect(await page.mutate('auth.refresh')).toEqual({ data: { expiry: expect.any(String) } });
    expect(page.received.map(({ maxAge }) => maxAge)).toEqual([86_400, 86_400]);
    expect(page.received[1]?.value).toBe(page.received[0]?.value);
  });

  test('a batch of a login and a call sets the cookie', async () => {
    const page = open();
    const answers = await page.mutateAll([['auth.login', credentials], ['publish']]);
    expect(answers).toMatchObject([{ data: { token: null } }, { data: 'alice' }]);
    expect(page.received).toHaveLength(1);
    expect(await page.query('me')).toEqual({ data: 'alice' });
  });

  test('of several logins and logouts in a batch the last one counts', async () => {
    const page = open();
    await page.mutateAll([
      ['auth.login', credentials],
      ['auth.logout'],
      ['auth.login', { ...credentials, username: 'bob' }],
    ]);
    expect(await page.query('me')).toEqual({ data: 'bob' });
    await page.mutateAll([['auth.login', credentials], ['auth.logoutAll']]);
    expect(await page.query('me')).toEqual({ refused: 'NO_CREDENTIALS' });
  });

  test('a batch of a refresh and a call moves the expiry of the cookie', async () => {
    const page = open();
    await page.mutate('auth.login', { ...credentials, username: 'bob' });
    app.clock.advance(3600);
    const answers = await page.mutateAll([['auth.refresh'], ['publish']]);
    expect(answers).toEqual([{ data: { expiry: expect.any(String) } }, { data: 'bob' }]);
    expect(page.received[1]).toEqual({ ...page.received[0], maxAge: 86_400 });
  });

  test('a batch of a call and a logout deletes the cookie', async () => {
    const page = open();
    await page.mutate('auth.login', credentials);
    expect(await page.mutateAll([['publish'], ['auth.logout']])).toEqual([{ data: 'alice' }, { data: undefined }]);
    expect(page.received.at(-1)).toEqual({ name: '__Host-durin', value: '', maxAge: 0, ...attributes });
    expect(await page.query('me')).toEqual({ refused: 'NO_CREDENTIALS' });
  });

  test('a streamed batch refuses a login before it verifies anything', async () => {
    const page = open();
    const answer = await page.mutateInStream([['auth.login', { ...credentials, password: 'wrong' }], ['publish']]);
    expect(answer).toContain('COOKIE_UNAVAILABLE');
    expect(answer).toContain('NO_CREDENTIALS');
    expect(page.received).toEqual([]);
  });

  test('a streamed batch refuses a refresh, and answers its other calls', async () => {
    const page = open();
    await page.mutate('auth.login', { ...credentials, username: 'bob' });
    const { data: before } = await page.query('auth.session');
    app.clock.advance(3600);
    const answer = await page.mutateInStream([['auth.refresh'], ['publish']]);
    expect(answer).toContain('COOKIE_UNAVAILABLE');
    expect(answer).toContain('"bob"');
    expect(page.received).toHaveLength(1);
    expect(await page.query('auth.session')).toEqual({ data: before }); // not refreshed either
    await page.mutate('auth.logout');
  });

  test.each(['auth.logout', 'auth.logoutAll'])(
    '%s in a streamed batch ends the session, but keeps the cookie',
    async (path) => {
      const page = open();
      await page.mutate('auth.login', credentials);
      expect(await page.mutateInStream([[path], ['publish']])).toContain('INVALID_TOKEN'); // to the call after it
      expect(page.received).toHaveLength(1);
      expect(await page.query('me')).toEqual({ refused: 'INVALID_TOKEN' });
      expect(await page.query('auth.session')).toEqual({ data: null });
      expect(await page.mutate('auth.login', credentials)).toMatchObject({ data: { token: null } });
      expect(await page.query('me')).toEqual({ data: 'alice' });
    },
  );

  test("the app's own cookies are set beside it", async () => {
    const { router, durin } = app;
    const ownApp = await serve({
      router,
      createContext(call) {
        setOwnCookie(call);
        return durin.createContext(call);
      },
      responseMeta(facts) {
        const { headers } = durin.responseMeta(facts);
        headers.append('set-cookie', 'seen=yes');
        return { headers };
      },
    });
    const page = openPage(ownApp.url, ownApp.send);
    await page.mutate('auth.login', credentials);
    const own = name.startsWith('Lambda') ? ['seen'] : ['seen', 'theme'];
    expect([...page.jar.keys()].toSorted()).toEqual(['__Host-durin', ...own]);
    await page.mutate('auth.logout');
    expect([...page.jar.keys()].toSorted()).toEqual(own);
    await ownApp.close();
  });
});

/** As an app does it, where the adapter has something to set a cookie on. */
function setOwnCookie({ res, resHeaders }: { res?: unknown; resHeaders?: unknown }): void {
  if (resHeaders instanceof Headers) resHeaders.append('set-cookie', 'theme=dark');
  else if (res instanceof ServerResponse) res.setHeader('set-cookie', 'theme=dark');
  else if (res !== undefined) (res as FastifyReply).header('set-cookie', 'theme=dark');
}
