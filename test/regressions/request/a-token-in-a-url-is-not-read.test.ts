import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { openApp, t } from '../../support/app.ts';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

/** Calls `me` with the token in the query string, as server-sent events carry their `connectionParams`. */
async function callWithTokenInUrl(tokenInUrl?: boolean, method = 'GET') {
  const durin = createDurin({ ...app.options, tokenInUrl });
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  const router = t.router({
    me: durin.authedProcedure.query(({ ctx }) => ctx.user.username),
    save: durin.authedProcedure.mutation(({ ctx }) => ctx.user.username),
  });
  const parameters = encodeURIComponent(JSON.stringify({ authorization: `Token ${token}` }));
  const path = method === 'GET' ? 'me' : 'save';
  const init = { method, headers: { 'content-type': 'application/json' } };
  const req = new Request(`http://localhost/${path}?connectionParams=${parameters}`, init);
  const response = await fetchRequestHandler({ endpoint: '', req, router, createContext: durin.createContext });
  return response.text();
}

test.each(['GET', 'POST'])('a %s request with a token in its URL is anonymous', async (method) => {
  expect(await callWithTokenInUrl(undefined, method)).toContain('NO_CREDENTIALS');
});

test('an app that asks for it may take a token from a URL', async () => {
  expect(await callWithTokenInUrl(true)).toContain('alice');
});
