import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { AuthToken } from '../../../examples/quickstart/entities.ts';
import { faultsInLooks } from '../../support/browser/appearance.ts';
import {
  apiKey,
  button,
  card,
  createKey,
  focused,
  heading,
  session,
  signIn,
  turnTo,
  useQuickstart,
} from './quickstart-visit.ts';

const { quickstart, visit } = useQuickstart();

const ofKeys = (page: Page) => card(page, 'Your API keys');
const facts = (page: Page, key: string) => apiKey(page, key).locator('dl').innerText();

/** Opens the page as alice, who may copy. */
async function open() {
  const visitor = await visit();
  await visitor.context.grantPermissions(['clipboard-read', 'clipboard-write']);
  const page = await visitor.open();
  await signIn(page);
  const clipboard = () => page.evaluate<string>('navigator.clipboard.readText()');

  /** Copies the new key that the page shows. */
  async function copyKey(): Promise<string> {
    await button(page, 'Copy the key').click();
    await ofKeys(page).getByText('Copied the key.').waitFor();
    return clipboard();
  }

  /** Runs the curl command that the page shows. */
  async function runCurl(): Promise<unknown> {
    await button(page, 'Copy as curl').click();
    await expect.poll(clipboard).toMatch(/^curl/);
    const { stdout } = await promisify(execFile)('sh', ['-c', await clipboard()]);
    return JSON.parse(stdout);
  }
  return { visitor, page, copyKey, runCurl };
}

const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);

const isValid = (token: string) =>
  fetch(`${quickstart().url}/trpc/reports.list`, { headers: { authorization: `Token ${token}` } }).then(({ ok }) => ok);

test('a key is created, copied, used, renamed, rolled and revoked', async () => {
  const { page, copyKey, runCurl } = await open();
  await ofKeys(page).getByText('You have none.').waitFor();
  await button(page, 'Create a key').click();
  expect(await page.evaluate<string>('document.activeElement.placeholder')).toBe('Such as: nightly export');
  expect(await faultsInLooks(page, 'key-form', { alsoZoomed: true })).toEqual([]);
  await page.getByLabel('Name of the key').fill(' nightly export ');
  await page.getByLabel('Add reports').check();
  await page.getByLabel('It expires in').selectOption('30 days');
  await button(page, 'Create the key').click();
  await heading(page, 'The new key nightly export').waitFor();
  expect(await focused(page)).toBe('The new key nightly export');

  const key = await copyKey();
  expect(key).toMatch(/^[0-9a-f]{64}$/);
  expect(await page.content()).not.toContain(key); // hidden
  await button(page, 'Show the key').click();
  await ofKeys(page).getByText(key, { exact: true }).waitFor();
  expect(await faultsInLooks(page, 'key-new', { alsoZoomed: true })).toEqual([]);
  await button(page, 'Hide the key').click();
  expect(await page.content()).not.toContain(key);

  expect(await facts(page, 'nightly export')).toMatch(
    /^May use\s+reports:read\s+reports:write\s+Last used\s+never\s+Expires\s+in 30 days$/,
  );
  expect(await runCurl()).toEqual({ result: { data: ['The Pool of Tears', 'A Caucus-Race'] } });
  await button(page, 'Done').click();
  await ofKeys(page).getByText('The key nightly export is no longer shown.').waitFor();
  expect(await focused(page)).toBe('Your API keys');
  await quickstart().auth.flush();
  await page.reload();
  await apiKey(page, `${key.slice(0, 4)}…${key.slice(-4)}`).waitFor();
  expect(await facts(page, 'nightly export')).toMatch(/Last used\s+just now/);
  expect(await button(page, 'Copy the key').count()).toBe(0);

  await button(page, 'Rename nightly export').click();
  await page.getByLabel('Name of this key').fill('Export');
  await page.keyboard.press('Enter');
  await page.getByText('The key is now called Export.').waitFor();

  await button(page, 'Roll Export').click();
  const rolling = page.getByRole('dialog', { name: 'Roll the key Export?' });
  await rolling.getByText('The old one works until the new one is first used').waitFor();
  expect(await faultsInLooks(page, 'key-roll', { alsoZoomed: true })).toEqual([]);
  await rolling.getByRole('button', { name: 'Roll the key' }).click();
  await ofKeys(page).getByText('and for 24 hours after that.').waitFor();
  const rolled = await copyKey();
  const old = `Revoke Export, ${key.slice(0, 4)}…${key.slice(-4)}`;
  await button(page, old).waitFor();
  await ofKeys(page).getByText('It works until the key that replaces it is first used.').waitFor();
  expect(await faultsInLooks(page, 'key-rolled', { alsoZoomed: true })).toEqual([]);
  expect([await isValid(key), await isValid(rolled)]).toEqual([true, true]);
  await turnTo(page);
  await ofKeys(page).getByText('The key that replaces it is in use.').waitFor();
  expect(await facts(page, `${key.slice(0, 4)}…${key.slice(-4)}`)).toMatch(/Expires\s+in (?:24 hours|1 day)$/);

  await button(page, 'Revoke Export').click();
  const revoking = page.getByRole('dialog', { name: 'Revoke the key Export?' });
  expect(await faultsInLooks(page, 'key-revoke')).toEqual([]);
  await revoking.getByRole('button', { name: 'Revoke the key' }).click();
  await ofKeys(page).getByText('The key Export was revoked.').waitFor();
  expect(await focused(page)).toBe('Your API keys');
  await heading(page, 'The new key Export').waitFor({ state: 'detached' });
  expect(await isValid(rolled)).toBe(false);
});

test('a key that may only add is shown a command that adds', async () => {
  const { page, runCurl } = await open();
  await button(page, 'Create a key').click();
  await page.getByLabel('Name of the key').fill('writer');
  await page.getByLabel('List reports').uncheck();
  await button(page, 'Create the key').click();
  await ofKeys(page).getByRole('alert').getByText('Choose at least one.').waitFor();
  expect(await faultsInLooks(page, 'key-without-scope')).toEqual([]);
  await page.getByLabel('Add reports').check();
  await button(page, 'Create the key').click();
  await heading(page, 'The new key writer').waitFor();
  expect(await runCurl()).toEqual({ result: { data: 'alice added "Alice’s Evidence"' } });
});

test('the old key ends at once if the user says so', async () => {
  const { page, copyKey } = await open();
  await createKey(page, 'leaked');
  const key = await copyKey();
  await button(page, 'Roll leaked').click();
  await page.getByLabel('After that, it still works for').selectOption('Not at all');
  await page.getByRole('dialog').getByRole('button', { name: 'Roll the key' }).click();
  await ofKeys(page).getByText('The old key works until this one is first used.', { exact: false }).waitFor();
  const rolled = await copyKey();
  expect([await isValid(key), await isValid(rolled), await isValid(key)]).toEqual([true, true, false]);
});

test('an expired key says so, and can only be revoked', async () => {
  const { page, copyKey } = await open();
  await createKey(page, 'old');
  const key = await copyKey();
  await button(page, 'Done').click();
  const change = { created: daysAgo(2), expiry: daysAgo(1) };
  await quickstart().orm.em.fork().nativeUpdate(AuthToken, { name: 'old' }, change);
  await turnTo(page);
  await expect.poll(() => facts(page, 'old')).toMatch(/Expires\s+expired/i);
  expect(await faultsInLooks(page, 'key-expired', { alsoZoomed: true })).toEqual([]);
  for (const action of ['Rename', 'Roll'])
    expect(
      await ofKeys(page)
        .getByRole('button', { name: new RegExp(`^${action} `) })
        .count(),
    ).toBe(0);
  await ofKeys(page)
    .getByRole('button', { name: /^Revoke old/ })
    .click();
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke the key' }).click();
  await page.getByText('The key old was revoked.').waitFor();
  expect(await isValid(key)).toBe(false);
});

test('a name that is taken and a full list are reported in words', async () => {
  const { page } = await open();
  await createKey(page, 'CI');
  await button(page, 'Create a key').click();
  await page.getByLabel('Name of the key').fill('ci');
  await button(page, 'Create the key').click();
  const problem = ofKeys(page).getByRole('alert');
  await problem.getByText('You already have an API key with this name.').waitFor();
  expect(await faultsInLooks(page, 'key-name-taken')).toEqual([]);
  expect(await page.getByLabel('Name of the key').inputValue()).toBe('ci');
  await page.getByLabel('Name of the key').press('Escape');
  expect(await focused(page)).toBe('Create a key');

  for (let count = 2; count <= 10; count += 1) await createKey(page, `key ${count}`);
  await button(page, 'Create a key').click();
  await page.getByLabel('Name of the key').fill('one too many');
  await page.keyboard.press('Enter');
  await problem.getByText('You already have as many API keys as allowed.').waitFor();
  expect(await faultsInLooks(page, 'key-limit', { alsoZoomed: true })).toEqual([]);
});

test('a session that is not fresh confirms its user first', async () => {
  const { page } = await open();
  await quickstart()
    .orm.em.fork()
    .nativeUpdate(AuthToken, { authenticatedAt: { $ne: null } }, { authenticatedAt: new Date(Date.now() - 3_600_000) });
  await button(page, 'Create a key').click();
  await page.getByLabel('Name of the key').fill('late');
  await button(page, 'Create the key').click();
  const question = page.getByRole('dialog', { name: 'Is it you, alice?' });
  await question.getByRole('button', { name: 'Cancel' }).click();
  await ofKeys(page).getByText('The key was not created. Please confirm that it is you.').waitFor();
  await button(page, 'Create the key').click();
  await question.getByLabel('Password', { exact: true }).fill('wonderland');
  await page.keyboard.press('Enter');
  await heading(page, 'The new key late').waitFor();
});

test('what another tab does to a key is noticed', async () => {
  const { visitor, page: one } = await open();
  const two = await visitor.open();
  await createKey(one, 'shared');
  await turnTo(two);
  await button(two, 'Revoke shared').waitFor();
  await button(two, 'Revoke shared').click();
  await two.getByRole('dialog').getByRole('button', { name: 'Revoke the key' }).click();
  await two.getByText('The key shared was revoked.').waitFor();
  await one.bringToFront(); // has not noticed it yet
  await button(one, 'Revoke shared').click();
  await one.getByRole('dialog').getByRole('button', { name: 'Revoke the key' }).click();
  await one.getByRole('dialog').getByText('This API key no longer exists.').waitFor();
  await one.keyboard.press('Escape');
  await ofKeys(one).getByText('You have none.').waitFor();
  expect(await heading(one, 'The new key shared').count()).toBe(0);
});

test('without clipboard access the page explains how to copy the key', async () => {
  const visitor = await visit();
  const page = await visitor.open();
  await page.evaluate("void (navigator.clipboard.writeText = () => Promise.reject(new Error('not allowed')))");
  await signIn(page);
  await createKey(page, 'by hand');
  await button(page, 'Copy the key').click();
  const refusal = 'The browser does not allow copying. Show the key and select it instead.';
  await ofKeys(page).getByRole('status').filter({ hasText: refusal }).waitFor();
});

test('long, right-to-left and nameless keys fit', async () => {
  const { auth, userId } = quickstart();
  const { page } = await open();
  for (const name of ['x'.repeat(64), 'التصدير الليلي (1)']) {
    await createKey(page, name);
  }
  await auth.tokens.issue({ user: userId, client: 'api' });
  await turnTo(page);
  await expect
    .poll(() =>
      ofKeys(page)
        .getByRole('button', { name: /^Rename / })
        .count(),
    )
    .toBe(3);
  expect(await faultsInLooks(page, 'key-names', { alsoZoomed: true })).toEqual([]);
});

test('the page of the client cli has no keys', async () => {
  const page = await (await visit()).open('/?client=cli');
  await signIn(page);
  await session(page, 'cli').waitFor();
  expect(await ofKeys(page).count()).toBe(0);
});
