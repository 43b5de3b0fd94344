import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { connectToChromium, openVisitor } from '../../support/browser/chromium.ts';
import { freePort } from '../../support/servers/postgres-server.ts';
import { startProgram } from '../programs/program.ts';
import { button, isSignedOut, session, signIn } from './quickstart-visit.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'durin-restart-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test('sessions survive a restart of the server', async () => {
  const port = String(await freePort());
  function start() {
    const program = startProgram(['examples/quickstart/main.ts', '--port', port], { QUICKSTART_DATA: folder });
    onTestFinished(async () => void (await program.stop('SIGTERM')));
    return program;
  }
  const first = start();
  const browser = await connectToChromium();
  onTestFinished(() => browser.close());
  const output = await first.until('Stop it with');
  const visitor = await openVisitor(browser, /http:\/\/127\.0\.0\.1:\d+/.exec(output)?.[0] ?? '');
  const page = await visitor.open();
  await signIn(page);

  await first.stop('SIGTERM');
  await button(page, 'Call whoami').click();
  await page.getByText('The server cannot be reached.').first().waitFor();

  const second = start();
  await second.until('Stop it with');
  await button(page, 'Call whoami').click();
  await page.getByText('username: alice, client: web').waitFor();
  await page.reload();
  await session(page, 'web').waitFor();
  await button(page, 'Sign out').click();
  await isSignedOut(page);
  expect(visitor.faults).toEqual([]);
}, 180_000); // two starts of a database, on a machine that may be busy
