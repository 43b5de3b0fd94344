import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { listen } from '../../integration/adapters/node-server.ts';
import { openApp, t } from '../../support/app.ts';

// What the README and the getting-started page do at SIGTERM, and the limit that they set.
test('an event stream keeps no server open, and bodies are limited', async () => {
  const app = await openApp();
  const durin = createDurin(app.options);
  let hasEnded = false;
  const router = t.router({
    auth: durin.durinRouter,
    watch: durin.authedProcedure.subscription(async function* watch({ signal }) {
      yield 'open';
      await new Promise((resolve) => signal?.addEventListener('abort', resolve));
      hasEnded = true;
    }),
  });
  const { createContext, responseMeta } = durin;
  const server = createHTTPServer({ router, createContext, responseMeta, maxBodySize: 100_000 });
  const { url } = await listen(server);

  const body = JSON.stringify({ json: { username: 'alice', password: 'a'.repeat(200_000), client: 'web' } });
  const headers = { 'content-type': 'application/json' };
  expect(await fetch(`${url}/auth.login`, { method: 'POST', headers, body })).toHaveProperty('status', 413);

  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const stream = await fetch(`${url}/watch`, {
    headers: { authorization: `Token ${token}`, accept: 'text/event-stream' },
  });
  const reader = stream.body?.getReader();
  expect((await reader?.read())?.done).toBe(false);

  const closed = new Promise((resolve) => server.close(resolve));
  server.closeAllConnections();
  await closed;
  await durin.close();
  await expect.poll(() => hasEnded).toBe(true);
  await app.close();
});
