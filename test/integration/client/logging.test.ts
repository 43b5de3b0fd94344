import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { createTRPCClient, httpLink, loggerLink, type TRPCLink } from '@trpc/client';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createDurinLink } from '../../../client/index.ts';
import { docsSamples } from '../../docs/pages.ts';
import { password } from '../../support/app.ts';
import { type AppRouter, alice, openSdkApp, type TestApp, transformer, url } from './sdk-app.ts';

let app: TestApp;
let folder: string;
/** The sample of the SDK's page, as it stands there. */
let sample: TRPCLink<AppRouter>;
beforeAll(async () => {
  app = await openSdkApp();
  const code = docsSamples.find(({ file }) => file === 'logger.ts')?.code ?? '';
  folder = await mkdtemp(join(import.meta.dirname, '../../../node_modules/.cache/logging-'));
  await writeFile(join(folder, 'logger.mjs'), stripTypeScriptTypes(code));
  sample = ((await import(join(folder, 'logger.mjs'))) as { logger: TRPCLink<AppRouter> }).logger;
});
afterAll(async () => {
  await rm(folder, { recursive: true });
  await app.close();
});

/** All that a login, a call and a refused login print, with the logger before the SDK's link or after it. */
async function printed(logger: TRPCLink<AppRouter>, isFirst: boolean) {
  const lines: string[] = [];
  const print = (...parts: unknown[]) => void lines.push(inspect(parts, { depth: null }));
  for (const method of ['log', 'error'] as const) vi.spyOn(console, method).mockImplementation(print);
  const { link, headers, auth } = createDurinLink<AppRouter>({ path: 'auth', client: 'web' });
  const send = httpLink({ url, transformer, headers, fetch: app.connect().fetch });
  const trpc = createTRPCClient<AppRouter>({ links: isFirst ? [logger, link, send] : [link, logger, send] });
  auth.connect(trpc);
  const { token } = await auth.login(alice);
  await trpc.me.query();
  await auth.login({ ...alice, password: 'a typo' }).catch(() => undefined);
  auth.close();
  vi.restoreAllMocks();
  return { lines, text: lines.join('\n'), token };
}

test.each([true, false])('the logger of the docs prints calls and no secrets (first link: %s)', async (isFirst) => {
  const { lines, text, token } = await printed(sample, isFirst);
  expect(lines).toHaveLength(6);
  expect(text).toContain('auth.login');
  expect(text).toContain('Unable to log in with provided credentials.');
  for (const secret of [token, password, 'a typo']) expect(text).not.toContain(secret);
});

test('without it, loggerLink prints the password and the token', async () => {
  const { text, token } = await printed(loggerLink({ colorMode: 'none' }), true);
  expect(text).toContain(password);
  expect(text).toContain(token);
});
