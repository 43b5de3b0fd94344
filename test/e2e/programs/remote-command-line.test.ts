import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { openPageApp, type PageApp } from '../../integration/admin/page-app.ts';
import { type CliApp, openCliApp } from './command-line-app.ts';

let app: PageApp;
let server: Server;
let cli: CliApp;
/** The address of the admin page. */
let url: string;
let token: string;
beforeAll(async () => {
  [app, cli] = await Promise.all([openPageApp(), openCliApp()]);
  await cli.rename('durin.config.ts', 'no.config.ts'); // the machine has no code of the app
  server = createServer((request, response) => {
    if (request.url?.startsWith('/admin')) void app.page(request, response);
    else response.writeHead(404, { 'content-type': 'text/html' }).end('Not found');
  });
  await once(server.listen(0, '127.0.0.1'), 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/admin`;
  ({ token } = await app.durin.tokens.issue({ user: 1, client: 'cli' }));
});
afterAll(async () => {
  server?.close();
  await cli?.remove();
  await app?.close();
});

test('with --url, commands call a server, with a token of the environment', async () => {
  const env = { DURIN_TOKEN: token };
  const created = await cli.run(['--url', url, 'create-client', 'kiosk', '--token-ttl', '14d'], env);
  expect(created).toEqual({ code: 0, stdout: 'Client kiosk created!\n', stderr: '' });
  const listed = await cli.run(['list-clients', '--search', 'kiosk', '--json'], { ...env, DURIN_URL: url });
  expect(JSON.parse(listed.stdout)).toMatchObject([{ name: 'kiosk', tokenTtl: 14 * 86_400, tokens: 0 }]);
});

test('the token comes from a file, or from the arguments with a warning', async () => {
  await cli.write('token.txt', `${token}\n`);
  const fromFile = await cli.run(['--url', url, '--token-file', 'token.txt', 'list-tokens', '--client', 'web']);
  expect(fromFile).toEqual({ code: 0, stdout: 'No tokens found.\n', stderr: '' });
  const typed = await cli.run(['--url', url, '--token', token, 'list-tokens', '--client', 'web']);
  expect(typed).toEqual({ ...fromFile, stderr: expect.stringMatching(/^warning: .*--token\./) as string });
});

test('on a terminal it asks for the token, which is not shown', async () => {
  const { code, stdout } = await cli.runOnTerminal(['--url', url, 'list-tokens', '--client', 'web'], `${token}\n`);
  expect(code).toBe(0);
  expect(stdout).toContain('Token of an admin:');
  expect(stdout).toContain('No tokens found.');
});

test('what goes wrong is one line, with the exit code', async () => {
  const env = { DURIN_TOKEN: token };
  const origin = url.replace('/admin', '');
  const fails = async (args: string[], own: Record<string, string> = env) => {
    const { code, stdout, stderr } = await cli.run([...args, 'list-clients'], own);
    expect(stdout).toBe('');
    expect(stderr).toMatch(/^error: [^\n]*\n$/);
    return `${code} ${stderr.slice('error: '.length).trim()}`;
  };
  expect(await fails(['--url', url], {})).toBe('2 A token is required: set DURIN_TOKEN, or pass --token-file.');
  expect(await fails(['--url', url], { DURIN_TOKEN: 'wrong' })).toBe('1 The server refuses the token: Invalid token.');
  expect(await fails(['--url', origin])).toContain(
    `1 ${origin} is no admin page of trpc-durin: it answered with status 404`,
  );
  expect(await fails(['--url', 'http://example.org'])).toContain('2 --url must start with https://');
  expect(await fails(['--url', url, '--config', 'no.config.ts'])).toBe('2 Pass --config or --url, not both.');
  expect(await fails(['--url', url.replace('http:', 'https:')])).toMatch(/^1 127\.0\.0\.1:\d+ .*does not speak TLS/);
});
