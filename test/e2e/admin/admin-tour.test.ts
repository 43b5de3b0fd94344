import { expect, test } from 'vitest';
import { takeTour } from '../../../examples/quickstart/tour.ts';
import { heading, row, useAdminPage } from './admin-visit.ts';

const { quickstart, at } = useAdminPage();

test('after the tour, Usage shows its calls, and Audit what it changed', async () => {
  expect(await takeTour(quickstart().url)).toBe(true);
  await quickstart().auth.flush();
  const page = await at('/');
  await page.getByRole('region', { name: 'Most active users' }).getByText('alice').waitFor();
  await page.getByRole('figure', { name: /^\d+ calls in 30 days/ }).waitFor();

  await page.getByRole('menuitem', { name: 'Audit' }).click();
  await heading(page, 'Audit').waitFor();
  const logout = row(page, 'Revoked: logout');
  await logout.waitFor();
  expect(await logout.innerText()).toMatch(/alice\s+web\s+alice from 127\.0\.0\.1/);
});
