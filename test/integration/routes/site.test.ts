import { afterAll, beforeAll, expect, test } from 'vitest';
import { isDurinError } from '../../../src/index.ts';
import { type BrowserApp, openBrowserApp } from '../browser/browser-app.ts';

let app: BrowserApp;
let cookie: string;
beforeAll(async () => {
  app = await openBrowserApp();
  const { token } = await app.durin.tokens.issue({ user: 1, client: 'web' });
  cookie = `__Host-durin=${token}`;
});
afterAll(() => app.close());

const url = 'https://app.example.com/report';
const own = { 'sec-fetch-site': 'same-origin' };
const foreign = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
const codeOf = (error: unknown) => (isDurinError(error) ? error.durin.code : error);

const nameOf = ({ user }: { user: { username: string } }) => user.username;

/** What becomes of a request with the session cookie, at a guard and at durin.authenticate. */
async function outcomesOf(source: Parameters<typeof app.durin.guard>[0]): Promise<unknown[]> {
  const { guard, authenticate } = app.durin;
  return Promise.all([guard(source).then(nameOf, codeOf), authenticate(source).then(nameOf, codeOf)]);
}

const allowed = ['alice', 'alice'];
const refused = ['CROSS_SITE', 'CROSS_SITE'];

test.each([
  ['GET', foreign, allowed],
  ['HEAD', foreign, allowed],
  ['OPTIONS', foreign, allowed],
  ['POST', own, allowed],
  ['POST', { origin: 'https://app.example.com', host: 'app.example.com' }, allowed],
  ['POST', foreign, refused],
  ['POST', {}, refused],
  ['DELETE', { 'sec-fetch-site': 'same-site' }, refused],
] as const)('a %s with the cookie and %o', async (method, headers, outcomes) => {
  const request = { method, headers: { cookie, host: 'app.example.com', ...headers } };
  expect(await outcomesOf(request)).toEqual(outcomes);
  const { durin } = app.durin.createContext({ req: request });
  expect(await outcomesOf(durin)).toEqual(outcomes);
});

test('bare headers may be those of a change', async () => {
  expect(await outcomesOf({ cookie })).toEqual(refused);
  expect(await outcomesOf(new Headers({ cookie, ...own }))).toEqual(allowed);
});

test('a ctx.durin without a method reads', async () => {
  expect(await outcomesOf(app.durin.createContext({ req: { headers: { cookie } } }).durin)).toEqual(allowed);
});

test('a header needs no site, and goes before the cookie', async () => {
  const { token } = await app.durin.tokens.issue({ user: 2, client: 'cli' });
  const headers = { authorization: `Token ${token}`, cookie, ...foreign };
  expect(await outcomesOf(new Request(url, { method: 'POST', headers }))).toEqual(['bob', 'bob']);
});

test('a refused site is a 403 without a challenge', async () => {
  const request = { method: 'POST', headers: { cookie, ...foreign } };
  const error: unknown = await app.durin.guard(request).catch((caught: unknown) => caught);
  if (!isDurinError(error)) throw error;
  const response = error.toResponse();
  expect(response.status).toBe(403);
  expect(response.headers.get('www-authenticate')).toBeNull();
  expect(response.headers.get('set-cookie')).toBeNull();
  expect(await response.json()).toMatchObject({ code: 'CROSS_SITE' });
});
