import { randomUUID } from 'node:crypto';
import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openVisitor } from '../../support/browser/chromium.ts';
import { heading, useQuickstart } from './quickstart-visit.ts';

const { quickstart, browser } = useQuickstart();

const get = (path: string, init?: RequestInit) => fetch(`${quickstart().url}${path}`, init);

test('the page has a strict policy and is revalidated', async () => {
  const page = await get('/');
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
  expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
  expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  expect(page.headers.get('cache-control')).toBe('no-cache');
  const again = await get('/', { headers: { 'if-none-match': page.headers.get('etag') ?? '' } });
  expect(again.status).toBe(304);
});

test('assets are cached forever', async () => {
  const [script = ''] = /\/assets\/[^"]+\.js/.exec(await (await get('/')).text()) ?? [];
  const { status, headers } = await get(script);
  expect(status).toBe(200);
  expect(headers.get('cache-control')).toBe('public, max-age=31536000, immutable');
});

test.for(['/nothing', '/assets/nothing.js', '/trpc', '/..%2f..%2fpackage.json', '/%', '/sessions/'])(
  '%s is not found',
  async (path) => {
    const { status, headers } = await get(path);
    expect(status).toBe(404);
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
  },
);

test.for(['bytes=0-9', 'bytes=-5', 'bytes=5-2', 'bytes=9999999-', 'bytes=x'])(
  'a request for the range %s gets the whole file',
  async (range) => {
    const { status, headers } = await get('/icon.svg', { headers: { range } });
    expect([status, headers.get('content-type')]).toEqual([200, 'image/svg+xml']);
  },
);

test('a file built or deleted while the server runs is noticed', async () => {
  const path = join('assets', `${randomUUID()}.js`);
  const file = join(import.meta.dirname, '../../../examples/quickstart/web/dist', path);
  await writeFile(file, 'new');
  expect(await (await get(`/${path}`)).text()).toBe('new');
  await rm(file);
  expect((await get(`/${path}`)).status).toBe(404);
});

test('other methods than GET and HEAD are refused', async () => {
  const { status, headers } = await get('/', { method: 'POST' });
  expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('without its scripts the page offers to reload', async () => {
  const visitor = await openVisitor(browser(), quickstart().url);
  await visitor.context.route('**/assets/*.js', (route) => route.abort());
  const page = await visitor.open('/?client=cli');
  const notice = page.getByText('Loading.');
  expect(await notice.isVisible()).toBe(false); // not at once
  await notice.waitFor();
  await visitor.context.unroute('**/assets/*.js');
  await page.getByRole('link', { name: 'reload the page' }).click();
  await heading(page, 'Sign in').waitFor();
  expect(new URL(page.url()).search).toBe('?client=cli');
  await visitor.close();
});

test('injected scripts do not run, and injected text is not markup', async () => {
  const visitor = await openVisitor(browser(), quickstart().url);
  const page = await visitor.open();
  const inject = `
    const script = document.createElement('script');
    script.textContent = 'window.isInjected = true';
    document.body.append(script);`;
  await page.evaluate(inject).catch(() => undefined); // Trusted Types refuse it before script-src does
  expect(await page.evaluate('window.isInjected')).toBeUndefined();
  await expect(page.evaluate("document.body.innerHTML = '<img src=x>'")).rejects.toThrow(/TrustedHTML/);
  await expect(page.evaluate("fetch('http://localhost:9/')")).rejects.toThrow(/Failed to fetch/);
  expect(visitor.faults.join('\n')).toMatch(/'TrustedScript'[^]*'TrustedHTML'[^]*"connect-src 'self'"/);
  await visitor.close();
});
