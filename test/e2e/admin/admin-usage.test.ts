import { expect, onTestFinished, test } from 'vitest';
import { faultsInLooks } from '../../support/browser/appearance.ts';
import { button, choose, goTo, heading, link, plantCalls, plantTokens, row, useAdminPage } from './admin-visit.ts';

const { quickstart, at } = useAdminPage();

/** Of the chart of tokens: the calls have a client of their own. */
const clientOfTokens = /^Client(?! of the calls)/;

test('on the first day, sentences stand for the chart', async () => {
  const page = await at('/');
  await page.getByText(/^Issued today: 1\. Last used today: [01]\. The chart begins tomorrow\.$/).waitFor();
  await row(page, /^admin/).waitFor();
  expect(await faultsInLooks(page, 'admin-first-day', { alsoZoomed: true })).toEqual([]);
  await choose(page, clientOfTokens, 'api');
  await page.getByText('No token was issued or used in this period.').waitFor();
});

test('the table of clients fits on a phone and at a zoom of 200 %', async () => {
  const page = await at('/');
  onTestFinished(() => page.setViewportSize({ width: 1280, height: 720 }));
  await row(page, /^admin/).waitFor();
  const hiddenWidth =
    "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('table').parentElement)";
  for (const width of [360, 640]) {
    await page.setViewportSize({ width, height: 740 });
    await expect.poll(() => page.evaluate(hiddenWidth)).toBe(0);
  }
});

test('usage that is loading, or cannot be loaded, says so', async () => {
  const page = await at('/clients');
  const { promise: isSeen, resolve: goOn } = Promise.withResolvers<void>();
  onTestFinished(() => page.context().unroute('**/admin/api/*usage*'));
  await page.context().route('**/admin/api/*usage*', async (route) => {
    await isSeen;
    await route.abort();
  });
  await page.reload();
  await goTo(page, '/');
  await heading(page, 'Usage').waitFor();
  expect(await faultsInLooks(page, 'admin-usage-loading')).toEqual([]);
  goOn();
  await page.getByText('The server cannot be reached.').first().waitFor();
  expect(await faultsInLooks(page, 'admin-usage-failed')).toEqual([]);
  await page.context().unroute('**/admin/api/*usage*');
  await button(page, 'Try again').click();
  await row(page, /^admin/).waitFor();
});

/** docs/admin.png is a copy of a picture of this: `cp .screenshots/admin-usage-wide-light.png docs/admin.png`. */
test('usage is shown in total, over time and by client', async () => {
  await plantTokens(quickstart(), 2000);
  await plantCalls(quickstart());
  const page = await at('/');
  await page.reload(); // usage is counted once per visit
  await row(page, /^cli/).waitFor();
  expect(await page.locator('dl').innerText()).toMatch(/^Tokens\s+4,00\d\s+Used in 24 hours\s+[\d,]+\s+Used in 7 days/);
  expect(await row(page, /^web/).innerText()).toMatch(/^web\s+2,000\s+[\d,]+\s+[\d,]+\s+[\d,]+$/);
  const figure = page.getByRole('figure', { name: /tokens were issued/ });
  await expect.poll(() => figure.getAttribute('aria-label')).toMatch(/^In 30 days, \d{4} tokens were issued/);
  expect(await page.locator('thead').innerText()).toMatch(
    /^Client\s+Tokens\s+Used in the last\s+24 hours\s+7 days\s+30 days\s*$/,
  );
  const labels = await page.getByRole('figure').locator('text').allTextContents();
  expect(labels.filter((label) => label.includes('…'))).toEqual([]);
  expect(await faultsInLooks(page, 'admin-usage', { alsoZoomed: true })).toEqual([]);

  await choose(page, clientOfTokens, 'api');
  await expect.poll(() => figure.getAttribute('aria-label')).toMatch(/^In 30 days, 0 tokens were issued/);
  await choose(page, 'Period', '7 days');
  await expect.poll(() => figure.getAttribute('aria-label')).toMatch(/^In 7 days, 0 tokens/);

  await link(page, 'cli').click();
  await heading(page, 'Tokens').waitFor();
  await page.getByText('1-25 of more than 25').waitFor();
  expect(await page.getByRole('combobox', { name: 'Client' }).innerText()).toBe('cli');
});

test('every control can be reached with the keyboard', async () => {
  const page = await at('/');
  const focused = () =>
    page.evaluate<string>('document.activeElement.getAttribute("aria-label") ?? document.activeElement.innerText');
  const reached = new Set<string>();
  for (let steps = 0; steps < 40; steps += 1) {
    await page.keyboard.press('Tab');
    reached.add((await focused()).trim());
  }
  for (const name of ['Durin admin', 'Usage', 'Clients', 'Tokens', 'Sign out', 'web', 'All clients', '30 days'])
    expect([...reached]).toContain(name);
});
