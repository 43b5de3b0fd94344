import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import { openApp, requestOf, secret, t } from '../../support/app.ts';

const newSecret = 'the next secret of the tests, long enough too';

let app: Awaited<ReturnType<typeof openApp>>;
beforeAll(async () => {
  app = await openApp();
});
afterAll(() => app.close());

/** The app as it starts with these secrets. */
function startWith(secrets: readonly string[]) {
  const durin = createDurin({ ...app.options, secret: secrets, apiKeyHeader: 'x-api-key' });
  const { createCaller } = t.router({ auth: durin.durinRouter });
  const callWith = (headers: Record<string, string>) => createCaller(durin.createContext({ req: { headers } })).auth;
  return { durin, callWith, callAs: (token: string) => callWith(requestOf({ token }).req.headers) };
}

test('a refresh returns the token as the first secret signs it', async () => {
  const { token, auth } = await app.durin.tokens.issue({ user: 1, client: 'web' });
  const both = startWith([newSecret, secret]);
  const refreshed = await both.callAs(token).refresh();
  expect(refreshed).toEqual({ expiry: expect.any(Date), token: expect.stringMatching(/^[0-9a-f]{64}$/) });
  expect(refreshed.token).not.toBe(token);
  for (const known of [token, refreshed.token ?? '']) expect((await both.durin.authenticate(known)).id).toBe(auth.id);

  const after = startWith([newSecret]);
  expect((await after.durin.authenticate(refreshed.token ?? '')).id).toBe(auth.id);
  await expect(after.durin.authenticate(token)).rejects.toMatchObject({ durin: { code: 'INVALID_TOKEN' } });
});

test('a refresh returns no token that the first secret has signed', async () => {
  const { durin, callAs } = startWith([newSecret, secret]);
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  expect(await callAs(token).refresh()).toEqual({ expiry: expect.any(Date) });
});

test('a token in apiKeyHeader is signed anew as well', async () => {
  const { token } = await app.durin.tokens.issue({ user: 1, client: 'api' });
  const { durin, callWith } = startWith([newSecret, secret]);
  const { token: resigned } = await callWith({ 'x-api-key': token }).refresh();
  expect((await durin.authenticate(resigned ?? '')).client.name).toBe('api');
});

function startWithKeys(...secrets: string[]) {
  return createDurin({ ...app.options, secret: secrets, scopes: ['read'], clients: { web: {}, api: { keys: {} } } });
}

test('an API key that is rolled outlasts the old secret', async () => {
  const before = startWithKeys(secret);
  const both = startWithKeys(newSecret, secret);
  const after = startWithKeys(newSecret);
  const { auth: old, token } = await before.tokens.issue({ user: 1, client: 'api', name: 'Build' });
  const { token: session } = await both.tokens.issue({ user: 1, client: 'web' });
  const { keys } = t
    .router({ auth: both.durinRouter })
    .createCaller(both.createContext(requestOf({ token: session }))).auth;
  const callWith = (durin: typeof both, key: string) =>
    t
      .router({ read: durin.scopedProcedure(['read']).query(({ ctx }) => ctx.auth.id) })
      .createCaller(durin.createContext(requestOf({ token: key })))
      .read();

  expect((await keys.list())[0]?.preview.slice(0, 4)).toBe(token.slice(0, 4));
  const rolled = await keys.roll({ id: old.id });
  expect(await callWith(both, token)).toBe(old.id);
  expect(await callWith(after, rolled.token)).toBe(rolled.id);
  await expect(callWith(after, token)).rejects.toMatchObject({ durin: { code: 'INVALID_TOKEN' } });
});
