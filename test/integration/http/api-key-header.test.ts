import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openApp, t } from '../../support/app.ts';
import { createWire } from '../../support/wire.ts';
import { createDurinWithApiKeys, type TestApp, type TestDurin } from '../adapters/adapter-app.ts';

let app: TestApp;
let durin: TestDurin;
let token: string;
beforeAll(async () => {
  app = await openApp();
  durin = createDurinWithApiKeys(app);
  ({ token } = await durin.tokens.issue({ user: 1, client: 'api' }));
});
afterAll(() => app.close());

const createRouter = () =>
  t.router({ auth: durin.durinRouter, me: durin.authedProcedure.query(({ ctx }) => ctx.user.username) });

async function call(path: string, headers: Record<string, string>) {
  const { send } = createWire(createRouter(), durin);
  return send(new Request(`http://localhost/${path}`, { headers }));
}

test.each([
  ['a forged key', 'f'.repeat(64), 'INVALID_TOKEN', ', error="invalid_token"'],
  ['a key behind a scheme', `Token ${'f'.repeat(64)}`, 'MALFORMED_HEADER', ', error="invalid_token"'],
  ['an empty key', '', 'MALFORMED_HEADER', ', error="invalid_token"'],
])('%s is refused with the challenge of the first scheme', async (_, apiKey, code, error) => {
  const response = await call('me', { 'x-api-key': apiKey });
  expect(response.status).toBe(401);
  expect(response.headers.get('www-authenticate')).toBe(`Token realm="api"${error}`);
  expect(await response.text()).toContain(code);
});

test('a key beside another scheme of Authorization is not read', async () => {
  const response = await call('me', { 'x-api-key': token, authorization: 'Basic YTpi' });
  expect(await response.text()).toContain('NO_CREDENTIALS');
});

test('answers of the auth router to a key are no-store', async () => {
  const response = await call('auth.sessions.list', { 'x-api-key': token });
  expect(response.status).toBe(200);
  expect(response.headers.get('cache-control')).toBe('no-store');
});

test('durin.authenticate reads it from requests and headers', async () => {
  const headers = { 'X-Api-Key': token };
  for (const source of [headers, new Headers(headers), { headers }, new Request('http://localhost', { headers })])
    expect((await durin.authenticate(source)).user.username).toBe('alice');
  expect((await durin.authenticate(durin.createContext({ req: { headers } }).durin)).client.name).toBe('api');
});

test('no print of the context holds the key', () => {
  const ctx = durin.createContext({ req: { headers: { 'x-api-key': token } } });
  expect(inspect(ctx, { depth: 10, showHidden: true }) + JSON.stringify(ctx)).not.toContain(token);
});
