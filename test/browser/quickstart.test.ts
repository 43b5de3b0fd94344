import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultsInLooks } from '../support/appearance.ts';
import { launchChromium, openVisitor } from '../support/chromium.ts';
import { openQuickstart, type Quickstart } from './quickstart-server.ts';

let browser: Browser;
let quickstart: Quickstart;
beforeAll(async () => {
  [browser, quickstart] = await Promise.all([launchChromium(), openQuickstart()]);
});
afterAll(() => Promise.all([browser.close(), quickstart.close()]));

test('looks', async () => {
  const visitor = await openVisitor(browser, quickstart.url);
  const page = await visitor.open();
  expect.soft(await faultsInLooks(page, 'sign-in')).toEqual([]);
  await page.getByLabel('User name').fill('alice');
  await page.getByLabel('Password', { exact: true }).fill('wonderland');
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Hello, alice' }).waitFor();
  await page.getByRole('button', { name: 'Create a key' }).click();
  for (const name of ['hello', 'whoami', 'publish', 'deploy', 'changeSettings', 'rollDice'])
    await page.getByRole('button', { name: `Call ${name}` }).click();
  await page.getByRole('button', { name: 'Delete the key' }).waitFor();
  expect.soft(await faultsInLooks(page, 'dashboard')).toEqual([]);
  expect.soft(visitor.faults).toEqual([]);
  await visitor.close();
});
