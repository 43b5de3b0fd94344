import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { faultsInLooks } from '../../support/browser/appearance.ts';
import { button, choose, field, heading, hintOf, link, row, useAdminPage } from './admin-visit.ts';

const { quickstart, at } = useAdminPage();

async function openIssueForm(user: string, client: string): Promise<Page> {
  const page = await at('/tokens');
  await link(page, 'Issue a token').click();
  await heading(page, 'Issue a token').waitFor();
  await page.getByRole('combobox', { name: 'User' }).fill(user);
  await page.getByRole('option', { name: user, exact: true }).click();
  await choose(page, 'Client', client);
  return page;
}

/** The names of alice's tokens, from the oldest. */
async function namesOfTokens() {
  const sql = 'select name from durin_auth_token where user_id = ? order by created, name';
  const rows: { name: string | null }[] = await quickstart().orm.em.getConnection().execute(sql, [quickstart().userId]);
  return rows.map(({ name }) => name);
}

test('the limits and lifetimes of a client are shown and edited', async () => {
  const { auth } = quickstart();
  const page = await at('/clients');
  await expect
    .poll(() => row(page, 'web').innerText())
    .toMatch(/5, then the oldest ends\s+14 days\s+at most 3 days unused, 90 days in all/);
  await link(page, 'New client').click();
  await heading(page, 'New client').waitFor();
  expect(await field(page, 'Sessions per user').inputValue()).toBe('1');
  expect(await page.getByRole('radio', { name: 'A login ends the least recently used session' }).isChecked()).toBe(
    true,
  );
  await field(page, 'Name').fill('tablet');
  await field(page, 'Idle time').fill('1m');
  await field(page, 'Longest lifetime').fill('a while');
  await field(page, 'Sessions per user').fill('0');
  await button(page, 'Create client').click();
  await expect.poll(() => hintOf(page, 'Idle time')).toBe('Enter a duration such as 3d or 12h, at least 5m, or never.');
  expect(await hintOf(page, 'Longest lifetime')).toMatch(/^Enter a duration .*, or never\.$/);
  expect(await hintOf(page, 'Sessions per user')).toBe('This field must be a whole number from 1 to 1000.');
  expect(await faultsInLooks(page, 'admin-client-limits', { alsoZoomed: true })).toEqual([]);
  await field(page, 'Idle time').fill('12h');
  await field(page, 'Longest lifetime').fill('30d');
  await field(page, 'Sessions per user').fill('3');
  await page.getByRole('radio', { name: 'A login is refused' }).check();
  await button(page, 'Create client').click();
  await page.getByText('Client tablet created.').waitFor();
  await expect
    .poll(() => row(page, 'tablet').innerText())
    .toMatch(/3, then refused\s+1 day\s+at most 12 hours unused, 30 days in all/);

  await link(page, 'tablet').click();
  await heading(page, 'tablet').waitFor();
  expect(await field(page, 'Idle time').inputValue()).toBe('12h');
  await field(page, 'Idle time').fill('never');
  await field(page, 'Longest lifetime').fill('');
  await button(page, 'Save').click();
  await expect.poll(() => hintOf(page, 'Longest lifetime')).toMatch(/^Enter a duration/);
  await field(page, 'Longest lifetime').fill('never');
  await field(page, 'Sessions per user').fill('2');
  await page.getByRole('radio', { name: 'A login ends the least recently used session' }).check();
  await button(page, 'Save').click();
  await page.getByText('Client tablet saved.').waitFor();
  const saved = { maxSessions: 2, atLimit: 'end-oldest', idleTtl: null, maxLifetime: null };
  expect(await auth.clients.list()).toContainEqual(expect.objectContaining({ name: 'tablet', ...saved }));
  await auth.clients.delete('tablet');
});

test('tokens are listed with their names and devices', async () => {
  const { auth, userId, url } = quickstart();
  const { token } = await auth.tokens.issue({ user: userId, client: 'web', name: 'Kitchen tablet' });
  const userAgent = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';
  await fetch(`${url}/trpc/whoami`, { headers: { authorization: `Token ${token}`, 'user-agent': userAgent } });
  await auth.tokens.issue({ user: userId, client: 'cli' });
  const page = await at('/tokens');
  await expect
    .poll(async () => {
      await page.reload(); // the use is written later
      return row(page, 'Kitchen tablet').innerText();
    })
    .toMatch(/Kitchen tablet\s+\S+…\S+ · Firefox on Windows · 127\.0\.0\.1/);
  await button(page, 'Revoke… the token of alice on web, Kitchen tablet').waitFor();
  expect(await faultsInLooks(page, 'admin-token-devices', { alsoZoomed: true })).toEqual([]);
});

test('a token that would end a session is issued only if the admin agrees', async () => {
  const { auth, userId } = quickstart();
  for (const name of ['one', 'two', 'three', 'four', 'five'])
    await auth.tokens.issue({ user: userId, client: 'web', name });
  const page = await openIssueForm('alice', 'web');
  await field(page, 'Name').fill('x'.repeat(65));
  await button(page, 'Issue token').click();
  await expect.poll(() => hintOf(page, 'Name')).toBe('At most 64 characters.');
  await field(page, 'Name').fill('Build server');
  await button(page, 'Issue token').click();
  const dialog = page.getByRole('dialog', { name: 'End a session of alice?' });
  await dialog.getByText('with 5 sessions, and the client allows no more.').waitFor();
  await dialog.getByText('The new token ends the least recently used one immediately').waitFor();
  expect(await faultsInLooks(page, 'admin-issue-limit', { alsoZoomed: true })).toEqual([]);
  await button(page, 'Cancel').click();
  await dialog.waitFor({ state: 'detached' });
  expect(await namesOfTokens()).toEqual(['one', 'two', 'three', 'four', 'five']);

  await button(page, 'Issue token').click();
  await button(page, 'End it and issue the token').click();
  await page.getByText('1 session of the user ended for it.').waitFor();
  expect(await faultsInLooks(page, 'admin-issued-at-limit')).toEqual([]);
  expect(await namesOfTokens()).toEqual(['two', 'three', 'four', 'five', 'Build server']);
});

test('the only session of a client is not replaced unasked', async () => {
  const { auth, userId } = quickstart();
  await auth.tokens.issue({ user: userId, client: 'cli', name: 'before' });
  const page = await openIssueForm('alice', 'cli');
  await button(page, 'Issue token').click();
  await page.getByText('The new token ends it immediately').waitFor();
  expect(await namesOfTokens()).toEqual(['before']);
  await button(page, 'End it and issue the token').click();
  await page.getByText('1 session of the user ended for it.').waitFor();
  expect(await namesOfTokens()).toEqual([null]);
});
