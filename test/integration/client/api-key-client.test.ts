import superjson from 'superjson';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type ApiKeyClientOptions, createApiKeyClient } from '../../../client/node.ts';
import { type AppRouter, openSdkApp } from './sdk-app.ts';

let app: Awaited<ReturnType<typeof openSdkApp>>;
beforeAll(async () => {
  app = await openSdkApp();
});
afterAll(() => app.close());

function open(options: Partial<ApiKeyClientOptions<AppRouter>>) {
  const network = app.connect();
  const { fetch } = network;
  const given = { url: 'http://localhost/trpc', transformer: superjson, key: undefined, fetch, ...options };
  return { network, trpc: createApiKeyClient<AppRouter>(given) };
}

test('every call carries the key, by the scheme of the server', async () => {
  const { token: key } = await app.durin.tokens.issue({ user: 1, client: 'api' });
  for (const [authHeaderPrefix, scheme] of [
    [undefined, 'Token'],
    ['Bearer', 'Bearer'],
  ]) {
    const { network, trpc } = open({ key, authHeaderPrefix });
    expect(await Promise.all([trpc.me.query(), trpc.save.mutate()])).toEqual(['alice', 'alice']);
    expect(network.seen.map(({ authorization }) => authorization)).toEqual([`${scheme} ${key}`, `${scheme} ${key}`]);
  }
});

test.each([undefined, '', 'two words', 'a\nb'])('a key that cannot be sent is refused at once: %j', (key) => {
  expect(() => open({ key })).toThrow(
    new TypeError('createApiKeyClient: key is missing, or holds spaces or line breaks.'),
  );
});

test('a redirect is refused', async () => {
  const { trpc } = open({
    key: 'a-key',
    fetch: (async () => Response.redirect('https://elsewhere.example/', 307)) as never,
  });
  await expect(trpc.me.query()).rejects.toThrow('Redirected. Check url.');
});
