import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { faultsInLooks } from '../../support/browser/appearance.ts';
import { type AuditAdmin, openAuditAdmin } from '../../support/browser/audit-admin-server.ts';
import { connectToChromium, openVisitor, type Visitor } from '../../support/browser/chromium.ts';
import { button, choose, fillIn, goTo, heading, link, row } from './admin-visit.ts';

let browser: Browser;
let app: AuditAdmin;
let visitor: Visitor;
let page: Page;
beforeAll(async () => {
  [browser, app] = await Promise.all([connectToChromium(), openAuditAdmin()]);
  await app.live();
  visitor = await openVisitor(browser, app.url);
  visitor.context.setDefaultTimeout(30_000);
  page = await visitor.open('/admin/');
  await button(page, 'Sign in').waitFor({ timeout: 50_000 }); // at the first visit the browser compiles the scripts
  await signInAs('alice');
});
afterAll(() => Promise.all([browser.close(), app.close()]));
afterEach(expectNoFaults);

function expectNoFaults(): void {
  expect(visitor.faults).toEqual([]);
}

async function signInAs(username: 'alice' | 'bob'): Promise<void> {
  const signOut = button(page, 'Sign out');
  await signOut.or(button(page, 'Sign in')).waitFor();
  if (await signOut.isVisible()) await signOut.click();
  await fillIn(page, { username, password: username });
  await heading(page, 'Usage').waitFor();
}

async function openAudit(): Promise<void> {
  await goTo(page, '/');
  await heading(page, 'Usage').waitFor();
  await page.getByRole('menuitem', { name: 'Audit' }).click();
  await heading(page, 'Audit').waitFor();
}

const rows = () => page.locator('tbody tr').count();

test('changes are listed, filtered by user, client and action, and paged', async () => {
  await openAudit();
  await row(page, 'Issued').first().waitFor();
  await expect.poll(rows).toBe(25);
  expect(await faultsInLooks(page, 'admin-audit', { alsoZoomed: true })).toEqual([]);
  await button(page, 'Show earlier changes').click();
  await expect.poll(rows).toBeGreaterThan(25);

  await page.getByRole('combobox', { name: 'User' }).fill('carol');
  await page.getByRole('option', { name: 'carol', exact: true }).click();
  await choose(page, 'Action', 'Revoked');
  await expect.poll(() => row(page, 'Revoked: logout').count()).toBe(5);
  expect(await row(page, 'Revoked').first().innerText()).toMatch(/carol\s+web\s+carol from 127\.0\.0\.1/);
  await choose(page, 'Client', 'personal');
  await page.getByText('No changes match.').waitFor();
  expect(await faultsInLooks(page, 'admin-audit-none')).toEqual([]);
  await button(page, 'Clear filters').click();
  await expect.poll(rows).toBeGreaterThan(25); // as many as were shown before
});

test('a change by an admin names the admin', async () => {
  await goTo(page, '/clients/create');
  await page.getByLabel('Name').fill('partner');
  await button(page, 'Create client').click();
  await heading(page, 'Clients').waitFor();
  await openAudit();
  await choose(page, 'Action', 'Client created');
  await expect
    .poll(() => row(page, 'partner').innerText())
    .toMatch(/^.*\s+Client created\s+partner\s+alice \(admin\) from/);
});

test('the audit fits on a phone', async () => {
  await openAudit();
  await page.setViewportSize({ width: 360, height: 740 });
  await page.getByText('Issued').first().waitFor();
  expect(await page.evaluate('document.documentElement.scrollWidth <= 360')).toBe(true);
  await page.setViewportSize({ width: 1280, height: 720 });
});

test('calls are shown by day, by client, and by the most active users', async () => {
  await goTo(page, '/');
  await heading(page, 'Calls by day').waitFor();
  const labels = () =>
    page.evaluate<string[]>(
      `Array.from(document.querySelectorAll('figure'), (each) => each.getAttribute('aria-label'))`,
    );
  await expect.poll(labels).toContainEqual(expect.stringMatching(/^\d+ calls in 30 days, at most \d+ on /));
  const users = page.getByRole('region', { name: 'Most active users' });
  expect(await users.getByRole('listitem').count()).toBe(3);
  expect(await faultsInLooks(page, 'admin-calls', { alsoZoomed: true })).toEqual([]);
  await choose(page, 'Client of the calls', 'personal');
  await expect.poll(labels).toContainEqual('No calls in 30 days.');
  await page.getByText('No calls in this period.').waitFor();
  expect(await faultsInLooks(page, 'admin-no-calls')).toEqual([]);
  await choose(page, 'Days', '7 days');
  await expect.poll(labels).toContainEqual('No calls in 7 days.');
});

test('an admin who may only read sees everything and no way to change it', async () => {
  await signInAs('bob');
  await goTo(page, '/clients');
  await heading(page, 'Clients').waitFor();
  await link(page, 'web').waitFor();
  await expect.poll(() => link(page, 'New client').count()).toBe(0);
  await link(page, 'web').click();
  await heading(page, 'web').waitFor();
  await page.getByText('Token lifetime', { exact: true }).waitFor();
  await expect.poll(() => page.getByRole('textbox').count()).toBe(0);
  expect(await button(page, 'Save').count()).toBe(0);
  expect(await faultsInLooks(page, 'admin-read-only')).toEqual([]);
  await goTo(page, '/tokens?filter={}&page=1&perPage=25&sort=created&order=DESC');
  await heading(page, 'Tokens').waitFor();
  await row(page, 'carol').first().waitFor();
  for (const name of [/^Remove expired/, /^Revoke/]) expect(await button(page, name).count()).toBe(0);
  await goTo(page, '/tokens/create');
  await page.getByText('You may see everything here, and change nothing.').waitFor();
  await openAudit();
  await row(page, 'Issued').first().waitFor();
});
