import { expect, test } from 'vitest';
import { openVisitor } from '../support/chromium.ts';
import { useQuickstart } from './quickstart-visit.ts';

const { quickstart, browser } = useQuickstart();

const get = (path: string, init?: RequestInit) => fetch(`${quickstart().url}${path}`, init);

test('the page may do nothing but run its own scripts and call its own server, and is asked for again', async () => {
  const page = await get('/');
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toMatch(/^default-src 'none'; script-src 'self';/);
  expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
  expect(page.headers.get('x-content-type-options')).toBe('nosniff');
  expect(page.headers.get('cache-control')).toBe('no-cache');
  const again = await get('/', { headers: { 'if-none-match': page.headers.get('etag') ?? '' } });
  expect(again.status).toBe(304);
});

test('its parts are kept for good, as their names change with their content', async () => {
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

test('the page is read, not written', async () => {
  const { status, headers } = await get('/', { method: 'POST' });
  expect([status, headers.get('allow')]).toEqual([405, 'GET, HEAD']);
});

test('an injected script is not run, and an injected text makes no markup', async () => {
  const visitor = await openVisitor(browser(), quickstart().url);
  const page = await visitor.open();
  const inject = `
    const script = document.createElement('script');
    script.textContent = 'window.isInjected = true';
    document.body.append(script);`;
  await page.evaluate(inject).catch(() => undefined); // trusted types refuse it before the policy of scripts does
  expect(await page.evaluate('window.isInjected')).toBeUndefined();
  await expect(page.evaluate("document.body.innerHTML = '<img src=x>'")).rejects.toThrow(/TrustedHTML/);
  await expect(page.evaluate("fetch('http://localhost:9/')")).rejects.toThrow(/Failed to fetch/);
  expect(visitor.faults.join('\n')).toMatch(/'TrustedScript'[^]*'TrustedHTML'[^]*"connect-src 'self'"/);
  await visitor.close();
});
