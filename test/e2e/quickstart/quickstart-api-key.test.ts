import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { faultsInLooks } from '../../support/browser/appearance.ts';
import { button, card, signIn, useQuickstart } from './quickstart-visit.ts';

const { quickstart, visit } = useQuickstart();

test('a key is created, shown, copied and deleted', async () => {
  const visitor = await visit();
  await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const clipboard = () => page.evaluate<string>('navigator.clipboard.readText()');
  const page = await visitor.open();
  await signIn(page);
  const ofKey = card(page, 'Your API key');
  await ofKey.getByText('You have no key.').waitFor();
  await button(page, 'Create a key').click();
  await ofKey.getByText('The API key was created.').waitFor();

  await button(page, 'Copy the key').click();
  await ofKey.getByText('Copied the key.').waitFor();
  const key = await clipboard();
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(await page.content()).not.toContain(key); // hidden
  await button(page, 'Show the key').click();
  await ofKey.getByText(key, { exact: true }).waitFor();
  expect(await ofKey.locator('dl').innerText()).toMatch(/^Created\s+[^:]+:\d\d\s[AP]M\s+Expires\s+in 365 days$/);
  expect(await faultsInLooks(page, 'key')).toEqual([]);
  await button(page, 'Hide the key').click();
  expect(await page.content()).not.toContain(key);

  await button(page, 'Copy the curl command').click();
  await expect.poll(clipboard).toMatch(/^curl/);
  const { stdout } = await promisify(execFile)('sh', ['-c', await clipboard()]);
  expect(JSON.parse(stdout)).toMatchObject({ result: { data: { username: 'alice', client: 'api' } } });

  await page.reload();
  await ofKey.getByText('The key was shown when it was created.').waitFor();
  expect(await button(page, 'Copy the key').count()).toBe(0);

  await button(page, 'Delete the key').click();
  await page.getByRole('dialog').getByRole('button', { name: 'Delete the key' }).click();
  await ofKey.getByText('The API key was deleted.').waitFor();
  await button(page, 'Create a key').waitFor();
  await expect(quickstart().auth.authenticate(key)).rejects.toMatchObject({ durin: { code: 'INVALID_TOKEN' } });
});

test('a key created or deleted in another tab is noticed', async () => {
  const visitor = await visit();
  const two = await visitor.open('/?client=cli');
  await signIn(two);
  await button(two, 'Create a key').waitFor();
  const one = await visitor.open();
  await signIn(one);
  await button(one, 'Create a key').click();
  await button(one, 'Delete the key').waitFor();
  await two.bringToFront(); // has not noticed it yet
  await button(two, 'Create a key').click();
  await card(two, 'Your API key').getByText('You already have an API key.').waitFor();
  await one.bringToFront();
  await button(one, 'Delete the key').click();
  await one.getByRole('dialog').getByRole('button', { name: 'Delete the key' }).click();
  await button(one, 'Create a key').waitFor();
  await two.bringToFront();
  await button(two, 'Delete the key').click();
  await two.getByRole('dialog').getByRole('button', { name: 'Delete the key' }).click();
  await two.getByText('You no longer have an API key.').waitFor();
  await two.keyboard.press('Escape');
  await button(two, 'Create a key').waitFor();
  expect(await two.getByRole('dialog').count()).toBe(0);
});

test('without clipboard access the page explains how to copy the key', async () => {
  const visitor = await visit();
  const page = await visitor.open();
  await page.evaluate("void (navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed')))");
  await signIn(page);
  await button(page, 'Create a key').click();
  await button(page, 'Copy the key').click();
  const refusal = 'The browser does not allow copying. Show the key and select it instead.';
  await card(page, 'Your API key').getByRole('status').filter({ hasText: refusal }).waitFor();
});
