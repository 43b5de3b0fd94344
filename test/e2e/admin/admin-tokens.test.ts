import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from 'playwright-core';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { faultsInLooks } from '../../support/browser/appearance.ts';
import { testLength } from '../../support/test-length.ts';
import * as quickstartPage from '../quickstart/quickstart-visit.ts';
import {
  button,
  choose,
  field,
  firstColumn,
  heading,
  hintOf,
  link,
  plantTokens,
  row,
  sortBy,
  useAdminPage,
} from './admin-visit.ts';

const { quickstart, visit, at } = useAdminPage();

/** At full length they have thousands of tokens. */
const userCount = testLength === 'full' ? 1250 : 350;
beforeAll(() => plantTokens(quickstart(), userCount));

const lastUser = `user${userCount - 1}`;

const search = (page: Page, text: string) => page.getByPlaceholder('Search by user').fill(text);
const rows = (page: Page) => page.locator('tbody tr').allInnerTexts();
const whoami = (token: string) =>
  fetch(`${quickstart().url}/trpc/whoami`, { headers: { authorization: `Token ${token}` } });

test('paging through all tokens shows each once', async () => {
  const page = await at('/tokens');
  await choose(page, 'Rows per page:', '100');
  await page.getByText(/^1-100 /).waitFor();
  const seen = new Set<string>();
  const forward = button(page, 'Go to next page');
  for (let shown = '', number = 1; ; number += 1) {
    await page.getByText(new RegExp(`^${number * 100 - 99}-`)).waitFor();
    await expect.poll(async () => (await rows(page))[0]).not.toBe(shown); // the previous page is shown until this one has loaded
    shown = (await rows(page))[0] ?? '';
    for (const text of await rows(page)) seen.add(/^\S+\s+\S+/.exec(text)?.[0] ?? '');
    if (!(await forward.isEnabled())) break;
    await forward.click();
  }
  expect([...seen].filter((text) => text.startsWith('user'))).toHaveLength(2 * userCount);
  await button(page, 'Go to previous page').click();
  const shownBefore = `${2 * userCount - 99}-${2 * userCount} of more than ${2 * userCount}`;
  await page.getByText(shownBefore).waitFor();
  await expect.poll(() => rows(page)).toHaveLength(100);
}, 180_000);

test('a reload shows the same page again', async () => {
  const page = await at('/tokens');
  const first = await rows(page);
  await button(page, 'Go to next page').click();
  await page.getByText('26-50 of more than 50').waitFor();
  await expect.poll(() => rows(page)).not.toEqual(first);
  const shown = await firstColumn(page);
  await page.reload();
  await page.getByText('26-50 of more than 50').waitFor();
  await expect.poll(() => firstColumn(page)).toEqual(shown);
});

test('tokens are searched by user, filtered by client and state, and sorted', async () => {
  const page = await at('/tokens');
  expect(await faultsInLooks(page, 'admin-tokens')).toEqual([]);
  await search(page, lastUser);
  await page.getByText('1-2 of 2').waitFor();
  await expect.poll(() => firstColumn(page)).toEqual([lastUser, lastUser]);
  await choose(page, 'Client', 'cli');
  await page.getByText('1-1 of 1').waitFor();
  await expect.poll(() => row(page, lastUser).innerText()).toMatch(/cli[^]*never/);
  await choose(page, 'Client', 'web');
  await search(page, '');
  await choose(page, 'State', 'Expired');
  await expect.poll(async () => (await rows(page)).filter((text) => !/\sweb\s[^]*expired/.test(text))).toEqual([]);
  await choose(page, 'State', 'Valid');
  await sortBy(page, 'Expires');
  await expect.poll(() => page.locator('tbody').innerText()).toMatch(/^\S+\s+web\s[^]*?\bin (?:\d+ minutes|\d hours?)/);
  await search(page, 'nobody of that name');
  await page.getByText('No tokens match.').waitFor();
  expect(await faultsInLooks(page, 'admin-tokens-none')).toEqual([]);
});

test('a revoked user is signed out while the app is open', async () => {
  const visitor = await visit();
  const app = await visitor.open();
  await quickstartPage.signIn(app);
  const page = await at('/tokens');
  await search(page, 'alice');
  const revoke = button(page, 'Revoke… the token of alice on web');
  await revoke.click();
  await page.getByRole('dialog', { name: 'Revoke the token of alice?' }).waitFor();
  expect(await faultsInLooks(page, 'admin-revoke')).toEqual([]);
  await button(page, 'Revoke').click();
  await page.getByText('The token of alice on web was revoked.').waitFor();
  await page.getByText('No tokens match.').waitFor();
  await quickstartPage.turnTo(app);
  await quickstartPage.isSignedOut(app);
});

test('all tokens of a user are revoked at once', async () => {
  const { auth, userId } = quickstart();
  const tokens = await Promise.all(
    (['web', 'cli', 'api'] as const).map((client) => auth.tokens.issue({ user: userId, client })),
  );
  const page = await at('/tokens');
  await search(page, 'alice');
  await page.getByText('1-3 of 3').waitFor();
  await button(page, 'Revoke… the token of alice on cli').click();
  await page.getByRole('radio', { name: 'All 3 tokens of alice' }).check();
  await button(page, 'Revoke').click();
  await page.getByText('3 tokens of alice revoked.').waitFor();
  for (const { token } of tokens) expect((await whoami(token)).status).toBe(401);
});

test('the dialog stays open if the list behind it cannot be reloaded', async () => {
  const page = await at('/tokens');
  await search(page, lastUser);
  await page.getByText('1-2 of 2').waitFor();
  await button(page, `Revoke… the token of ${lastUser} on cli`).click();
  const all = page.getByRole('radio', { name: `All 2 tokens of ${lastUser}` });
  await all.check();
  const calls = '**/admin/api/*tokens.list*';
  onTestFinished(() => page.context().unroute(calls));
  await page.context().route(calls, (route) => route.abort());
  await quickstartPage.turnTo(page); // lists are loaded again when the admin comes back to the tab
  await page.getByText('The server cannot be reached.').waitFor();
  expect(await all.isChecked()).toBe(true);
  await button(page, 'Cancel').click();
});

test('revoking your own token shows a warning and signs you out', async () => {
  const page = await at('/tokens');
  await search(page, 'durin');
  await button(page, 'Revoke… the token of durin on admin').click();
  await page.getByText('This also signs you out of this page.').waitFor();
  await button(page, 'Revoke').click();
  await page.getByText('Your session was ended.').waitFor();
  expect(await page.evaluate('Object.values(sessionStorage)')).toEqual(['revoked']); // and no token
});

test('a token is issued, shown once, and works with curl', async () => {
  const page = await at('/tokens');
  await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  await link(page, 'Issue a token').click();
  await heading(page, 'Issue a token').waitFor();
  expect(await faultsInLooks(page, 'admin-issue')).toEqual([]);
  await button(page, 'Issue token').click();
  await expect.poll(() => hintOf(page, 'User')).toBe('Choose a user.');
  expect(await hintOf(page, 'Client')).toBe('Choose a client.');

  await page.getByRole('combobox', { name: 'User' }).fill('lic');
  await page.getByRole('option', { name: 'alice', exact: true }).click();
  await choose(page, 'Client', 'cli');
  await field(page, 'Lifetime').fill('forever');
  await button(page, 'Issue token').click();
  await expect.poll(() => hintOf(page, 'Lifetime')).toContain(', or never');
  await field(page, 'Lifetime').fill('12h');
  await button(page, 'Issue token').click();
  await page.getByText('Copy it now: it will not be shown again.').waitFor();
  expect(await page.evaluate('document.activeElement.textContent')).toMatch(/^Issued to alice for cli/);
  expect(await faultsInLooks(page, 'admin-issued')).toEqual([]);

  const token = await field(page, 'Token').inputValue();
  await button(page, 'Copy command').waitFor();
  await button(page, 'Copy token').click();
  await page.getByText('Copied').waitFor();
  expect(await page.evaluate('navigator.clipboard.readText()')).toBe(token);
  expect(await (await whoami(token)).json()).toMatchObject({
    result: { data: { username: 'alice', client: 'cli', expiresIn: '12 hours' } },
  });
  const { stdout } = await promisify(execFile)('sh', ['-c', await field(page, 'Test command').inputValue()]);
  expect(JSON.parse(stdout)).toMatchObject({ result: { data: [{ client: 'cli', isCurrent: true }] } });

  await link(page, 'All tokens').click();
  await button(page, 'Revoke… the token of alice on cli').waitFor();
  expect(await page.content()).not.toContain(token);
});

test('expired tokens are removed', async () => {
  const page = await at('/tokens');
  await button(page, 'Remove expired…').click();
  await page.getByText('so nobody is signed out').waitFor();
  await button(page, 'Remove expired').click();
  await page.getByText(/^\d+ expired tokens removed\.$/).waitFor();
  await choose(page, 'State', 'Expired');
  await page.getByText('No tokens match.').waitFor();
  const left = await quickstart()
    .orm.em.getConnection()
    .execute('select 1 from durin_auth_token where expiry <= now()');
  expect(left).toEqual([]);
});
