import { expect, onTestFinished, test } from 'vitest';
import { faultsInLooks } from '../../support/browser/appearance.ts';
import { button, heading, useAdminPage } from './admin-visit.ts';

const { at } = useAdminPage();

const part = (name: string) => `li:has(h2:text-is("${name}"))`;

test('health shows each part, its state and since when', async () => {
  const page = await at('/');
  await page.getByRole('menuitem', { name: 'Health' }).click();
  await heading(page, 'Health').waitFor();
  await page.getByText('Everything that is used works.').waitFor();
  expect(await page.title()).toBe('Health – Durin admin');
  const database = await page.locator(part('Database')).innerText();
  expect(database).toMatch(
    /^Database\s+Holds the clients, tokens and users\.\s+Answered in [\d.]+ ms\. No outage for .+\.\s+works$/,
  );
  expect(await page.locator(part('Throttle Redis')).innerText()).toMatch(/not used$/);
  expect(await faultsInLooks(page, 'admin-health', { alsoZoomed: true })).toEqual([]);
});

const outage = {
  isHealthy: false,
  isDegraded: true,
  database: {
    status: 'down',
    since: new Date(Date.now() - 95_000).toISOString(),
    reason: 'terminating connection due to administrator command',
  },
  store: {
    status: 'degraded',
    since: new Date(Date.now() - 7_300_000).toISOString(),
    reason: 'WRONGPASS invalid username-password pair or user is disabled.',
  },
  bus: { status: 'degraded', since: new Date().toISOString(), reason: 'connect ECONNREFUSED 127.0.0.1:6379' },
  throttle: { status: 'unused' },
};

test('a part that fails shows why, and what that means', async () => {
  const page = await at('/');
  onTestFinished(() => page.context().unroute('**/admin/api/admin.health*'));
  await page
    .context()
    .route('**/admin/api/admin.health*', (route) => route.fulfill({ json: { result: { data: outage } } }));
  await page.getByRole('menuitem', { name: 'Health' }).click();
  await page.getByText('The database is down, so most calls are refused.').waitFor();
  expect(await page.locator(part('Database')).innerText()).toMatch(
    /Failing for 1 minute\. Calls that need it are refused\.\s+terminating connection due to administrator command\s+down$/,
  );
  expect(await page.locator(part('Cache store')).innerText()).toMatch(
    /Failing for 2 hours\. Look-ups read the database\.\s+WRONGPASS .*\s+degraded$/,
  );
  expect(await faultsInLooks(page, 'admin-health-outage', { alsoZoomed: true })).toEqual([]);
});

test('health that cannot be loaded says so, and is asked again', async () => {
  const page = await at('/');
  await page.context().route('**/admin/api/admin.health*', (route) => route.abort());
  await page.getByRole('menuitem', { name: 'Health' }).click();
  await page.getByText('The server cannot be reached.').waitFor();
  await page.context().unroute('**/admin/api/admin.health*');
  await button(page, 'Try again').click();
  await page.getByText('Everything that is used works.').waitFor();
});
