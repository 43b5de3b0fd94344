import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { connectToChromium, openVisitor, type Visitor } from '../../support/browser/chromium.ts';
import type { Run } from '../package/packed.ts';
import type { Program } from '../programs/program.ts';
import { type CopiedExample, runExample } from './copied-example.ts';

let browser: Browser;
let hono: CopiedExample;
let checked: Run;
beforeAll(async () => {
  [browser, [hono, checked]] = await Promise.all([connectToChromium(), runExample('hono', 'check')]);
});
afterAll(() => Promise.all([browser?.close(), hono?.remove()]));

const runtimes: Record<string, readonly [command: string, ...args: string[]]> = {
  Node: ['node', 'node.ts'],
  Bun: ['bun', 'bun.ts'],
  Deno: ['deno', 'run', '--allow-all', 'deno.ts'],
};

const alice = { username: 'alice', password: 'wonderland' };
const cookieName = '__Host-durin';
const refusedWith = (code: string) => ({ error: { data: { durin: { code } } } });

/** Calls the server as a program does, with these headers. */
async function call(url: string, headers: Record<string, string>, body?: object): Promise<unknown> {
  const all = { 'content-type': 'application/json', ...headers };
  const response = await fetch(url, { headers: all, ...(body && { method: 'POST', body: JSON.stringify(body) }) });
  return response.json();
}

/** Calls the server from a page, as its scripts do: the browser keeps the cookies and sends them. */
function callFromPage(page: Page, path: string, body?: object): Promise<unknown> {
  const init = body && { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return page.evaluate(async (request) => (await fetch(request.path, request.init)).json(), { path, init });
}

describe.for(Object.entries(runtimes))('the Hono example on %s', ([, [command, ...args]]) => {
  let server: Program;
  let url: string;
  beforeAll(async () => {
    server = hono.start(command, args, { PORT: '0', NO_COLOR: '1' });
    const listening = /Listening on (http:\/\/localhost:\d+)\n/;
    url = listening.exec(await server.until(listening))?.[1] ?? '';
  });
  afterAll(() => server?.stop('SIGKILL'));

  async function visit(): Promise<Visitor> {
    const visitor = await openVisitor(browser, url);
    visitor.context.setDefaultTimeout(50_000); // at the first visit the browser compiles the page's scripts
    onTestFinished(async () => {
      await visitor.close();
      expect(visitor.faults).toEqual([]);
    });
    return visitor;
  }

  test('signs in a program, and guards its calls', async () => {
    const login = await call(`${url}/trpc/auth.login`, {}, { ...alice, client: 'cli' });
    const { token } = (login as { result: { data: { token: string } } }).result.data;
    const authorization = `Token ${token}`;
    expect(await call(`${url}/trpc/whoami`, { authorization })).toEqual({ result: { data: 'alice on cli' } });
    expect(await call(`${url}/trpc/whoami`, {})).toMatchObject(refusedWith('NO_CREDENTIALS'));
    const report = await fetch(`${url}/report`, { headers: { authorization } });
    expect(await report.text()).toBe('A report for alice');
  });

  test('signs in a page with a cookie, and guards its calls', async () => {
    const { context, open } = await visit();
    const page = await open();
    const findCookie = async () => (await context.cookies()).find(({ name }) => name === cookieName);

    const login = await callFromPage(page, '/trpc/auth.login', { ...alice, client: 'web' });
    expect(login).toMatchObject({ result: { data: { token: null, user: { username: 'alice' } } } });
    const cookie = await findCookie();
    expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Lax', path: '/' });
    expect(await page.evaluate('document.cookie')).toBe('');

    await page.reload();
    expect(await callFromPage(page, '/trpc/whoami')).toEqual({ result: { data: 'alice on web' } });
    expect(await page.evaluate(async () => (await fetch('/report')).text())).toBe('A report for alice');
    const refresh = await callFromPage(page, '/trpc/auth.refresh?batch=1', { 0: null });
    expect(refresh).toEqual([{ result: { data: { expiry: expect.any(String) } } }]);
    expect((await findCookie())?.value).toBe(cookie?.value);

    const stolen = { cookie: `${cookieName}=${cookie?.value}` };
    const crossSite = { ...stolen, origin: 'https://evil.example' };
    expect(await call(`${url}/trpc/auth.logout`, crossSite, {})).toMatchObject(refusedWith('CROSS_SITE'));
    await callFromPage(page, '/trpc/auth.logout', {});
    expect(await findCookie()).toBeUndefined();
    expect(await callFromPage(page, '/trpc/whoami')).toMatchObject(refusedWith('NO_CREDENTIALS'));
    expect(await call(`${url}/trpc/whoami`, stolen)).toMatchObject(refusedWith('INVALID_TOKEN'));
  });

  test('has an admin page', async () => {
    const page = await (await visit()).open('/admin/');
    await page.getByLabel('Username').fill('durin');
    await page.getByLabel('Password', { exact: true }).fill('mellon');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Usage' }).waitFor();
  });
});

test('one command installs the example and checks its types', () => {
  expect(checked).toMatchObject({ code: 0, output: expect.stringMatching(/> tsc -p \.\s*$/) });
});
