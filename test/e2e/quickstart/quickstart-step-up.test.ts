import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { AuthToken } from '../../../examples/quickstart/entities.ts';
import { faultsInLooks } from '../../support/browser/appearance.ts';
import {
  button,
  card,
  createKey,
  focused,
  isSignedOut,
  signIn,
  useQuickstart,
  watchCalls,
} from './quickstart-visit.ts';

const { quickstart, visit } = useQuickstart();

const question = (page: Page) => page.getByRole('dialog', { name: 'Is it you, alice?' });
const rolling = (page: Page) => page.getByRole('dialog', { name: 'Roll the key export?' });

/** Opens the page with an API key, and a session whose sign-in is an hour old. Then rolls the key, which asks for the password. */
async function rollKey(visitor: Awaited<ReturnType<typeof visit>>) {
  const page = await visitor.open();
  await signIn(page);
  await createKey(page, 'export');
  const em = quickstart().orm.em.fork();
  await em.nativeUpdate(
    AuthToken,
    { authenticatedAt: { $ne: null } },
    { authenticatedAt: new Date(Date.now() - 3_600_000) },
  );
  await button(page, 'Roll export').click();
  await rolling(page).getByRole('button', { name: 'Roll the key' }).click();
  await question(page).waitFor();
  return page;
}

async function answer(page: Page, password: string): Promise<void> {
  await question(page).getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

test('after the right password the key is rolled', async () => {
  const visitor = await visit();
  const calls = watchCalls(visitor);
  const page = await rollKey(visitor);
  expect(await page.evaluate<string>('document.activeElement.name')).toBe('password');
  expect(await faultsInLooks(page, 'step-up')).toEqual([]);
  await answer(page, 'wrong');
  await question(page).getByText('The password is wrong.').waitFor();
  await answer(page, 'wonderland');
  await card(page, 'Your API keys').getByText('The old key works until this one is first used').waitFor();
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(calls.filter((call) => call === 'auth.keys.roll')).toHaveLength(2);
  expect(calls.filter((call) => call === 'auth.reauthenticate')).toHaveLength(2);

  await createKey(page, 'another'); // the session is fresh now
});

test.each<[string, (page: Page) => Promise<void>]>([
  ['Cancel', (page) => question(page).getByRole('button', { name: 'Cancel' }).click()],
  ['Escape', (page) => page.keyboard.press('Escape')],
])('%s keeps the key, says why, and returns the focus', async (_, decline) => {
  const page = await rollKey(await visit());
  await decline(page);
  await question(page).waitFor({ state: 'hidden' });
  await rolling(page).getByText('Please confirm that it is you.').waitFor();
  expect(await focused(page)).toBe('Roll the key');
  await page.keyboard.press('Escape');
  await button(page, 'Roll export').waitFor();
  expect(await page.getByRole('dialog').count()).toBe(0);
});

test('Cancel while the password is checked keeps the key', async () => {
  const visitor = await visit();
  const calls = watchCalls(visitor);
  const page = await rollKey(visitor);
  const { promise: isCancelled, resolve: release } = Promise.withResolvers<void>();
  await page.route('**/trpc/auth.reauthenticate*', async (route) => {
    await isCancelled;
    await route.continue();
  });
  await answer(page, 'wonderland');
  await question(page).getByRole('button', { name: 'One moment…' }).waitFor();
  await question(page).getByRole('button', { name: 'Cancel' }).click();
  await question(page).waitFor({ state: 'hidden' });
  const verified = page.waitForResponse('**/trpc/auth.reauthenticate*');
  release();
  await verified;
  await rolling(page).getByText('Please confirm that it is you.').waitFor();
  expect(calls.filter((call) => call === 'auth.keys.roll')).toHaveLength(1);
});

test('a question that is asked again does not hold the old password', async () => {
  const page = await rollKey(await visit());
  await question(page).getByLabel('Password', { exact: true }).fill('half a passw');
  await page.keyboard.press('Escape');
  await rolling(page).getByRole('button', { name: 'Roll the key' }).click();
  await question(page).waitFor();
  expect(await question(page).getByLabel('Password', { exact: true }).inputValue()).toBe('');
});

test('the question closes when the session ends elsewhere', async () => {
  const visitor = await visit();
  const page = await rollKey(visitor);
  const other = await visitor.open();
  await button(other, 'Sign out').click();
  await isSignedOut(other);
  await page.bringToFront();
  await isSignedOut(page);
  expect(await page.getByRole('dialog').count()).toBe(0);
});

test('too many wrong passwords fail the roll with the reason', async () => {
  const page = await rollKey(await visit());
  const wrong = question(page).getByText('The password is wrong.');
  const throttled = rolling(page)
    .getByText(/^Too many attempts\./)
    .first();
  for (let count = 0; count < 11 && !(await throttled.isVisible()); count += 1) {
    await answer(page, `wrong ${count}`);
    await wrong.or(throttled).first().waitFor();
  }
  await throttled.waitFor();
  expect(await question(page).count()).toBe(0);
});
