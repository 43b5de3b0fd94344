import { createServer } from 'node:http';
import { createExpressMiddleware } from '@trpc/server/adapters/express';
import express from 'express';
import { expect, test } from 'vitest';
import { describeAdapters } from '../../contracts/adapter.ts';
import { type AppRouter, createAppRouter, issueToken, type TestDurin } from './adapter-app.ts';
import { listen } from './node-server.ts';

function serve(router: AppRouter, durin: TestDurin) {
  const server = express();
  server.use(
    '/trpc',
    createExpressMiddleware({ router, createContext: durin.createContext, responseMeta: durin.responseMeta }),
  );
  server.get('/download', async (request, response) => {
    const { user } = await durin.authenticate(request);
    response.send(user.username);
  });
  return listen(createServer(server), '/trpc');
}

const givenApp = describeAdapters([{ name: 'Express 5', peerAddress: '127.0.0.1', serve }]);

test('a plain route can use durin.authenticate', async () => {
  const app = givenApp();
  const served = await serve(createAppRouter(app.durin), app.durin);
  try {
    const authorization = `Token ${await issueToken(app, 1, 'api')}`;
    const response = await fetch(new URL('/download', served.url), { headers: { authorization } });
    expect(await response.text()).toBe('alice');
  } finally {
    await served.close();
  }
});
