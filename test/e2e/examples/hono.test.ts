import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { connectToChromium, openVisitor } from '../../support/browser/chromium.ts';
import type { Program } from '../programs/program.ts';
import { type CopiedExample, copyExample } from './copied-example.ts';

let browser: Browser;
let hono: CopiedExample;
beforeAll(async () => {
  [browser, hono] = await Promise.all([connectToChromium(), copyExample('hono')]);
});
afterAll(() => Promise.all([browser?.close(), hono?.remove()]));

const runtimes: Record<string, readonly [command: string, ...args: string[]]> = {
  Node: ['node', 'node.ts'],
  Bun: ['bun', 'bun.ts'],
  Deno: ['deno', 'run', '--allow-all', 'deno.ts'],
};

async function startServer([command, ...args]: readonly [string, ...string[]]): Promise<string> {
  const server: Program = hono.start(command, args, { PORT: '0', NO_COLOR: '1' });
  onTestFinished(async () => {
    await server.stop('SIGKILL');
  });
  const listening = /Listening on (http:\/\/localhost:\d+)\n/;
  return listening.exec(await server.until(listening))?.[1] ?? '';
}

async function call(url: string, token: string | null, body?: object): Promise<unknown> {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Token ${token}` }) };
  const response = await fetch(url, body ? { method: 'POST', headers, body: JSON.stringify(body) } : { headers });
  return response.json();
}

test.for(Object.entries(runtimes))(
  'the Hono example signs in, guards and has an admin page on %s',
  async ([, command]) => {
    const url = await startServer(command);

    const credentials = { username: 'alice', password: 'wonderland', client: 'web' };
    const login = await call(`${url}/trpc/auth.login`, null, credentials);
    const { token } = (login as { result: { data: { token: string } } }).result.data;
    expect(await call(`${url}/trpc/whoami`, token)).toEqual({ result: { data: 'alice on web' } });
    expect(await call(`${url}/trpc/whoami`, null)).toMatchObject({
      error: { data: { durin: { code: 'NO_CREDENTIALS' } } },
    });

    const visitor = await openVisitor(browser, url);
    visitor.context.setDefaultTimeout(50_000); // at the first visit the browser compiles the page's scripts
    onTestFinished(() => visitor.close());
    const page = await visitor.open('/admin/');
    await page.getByLabel('Username').fill('durin');
    await page.getByLabel('Password', { exact: true }).fill('mellon');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('heading', { name: 'Usage' }).waitFor();
    expect(visitor.faults).toEqual([]);
  },
);

test('the types of the example for Hono are right', async () => {
  expect(await hono.npmRun('check')).toEqual({ code: 0, output: '' });
});
