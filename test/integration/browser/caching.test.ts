import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BrowserApp, credentials, openBrowserApp } from './browser-app.ts';
import { openPage, type Page } from './fake-browser.ts';
import { serveByFetch } from './serve-by-fetch.ts';

let app: BrowserApp;
let page: Page;
beforeAll(async () => {
  app = await openBrowserApp();
  const { url, send } = serveByFetch({ ...app.durin, router: app.router });
  page = openPage(url, send);
});
afterAll(() => app.close());

/** What an answer to two queries says to caches. */
async function cacheControlOf(headers: Record<string, string>): Promise<string | null> {
  const answer = await page.fetch('hello,maybe?batch=1', { method: 'GET', headers });
  return answer.headers.get('cache-control');
}

const streamed = { 'trpc-accept': 'application/jsonl' };

test.each([
  ['at once', {}],
  ['in a stream, whose headers go first', streamed],
])('what is answered to the cookie %s stays out of shared caches', async (_what, headers) => {
  expect(await cacheControlOf(headers)).toBeNull();
  await page.mutate('auth.login', credentials);
  expect(await cacheControlOf(headers)).toBe('private');
  expect(await cacheControlOf({ ...headers, authorization: 'Token none' })).toBeNull();
  await page.mutate('auth.logout');
});
