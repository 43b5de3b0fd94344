import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { AuthToken } from '../../../examples/quickstart/entities.ts';
import { faultsInLooks } from '../../support/browser/appearance.ts';
import { button, card, focused, isSignedOut, signIn, useQuickstart, watchCalls } from './quickstart-visit.ts';

const { quickstart, visit } = useQuickstart();

const question = (page: Page) => page.getByRole('dialog', { name: 'Is it you, alice?' });
const deletion = (page: Page) => page.getByRole('dialog', { name: 'Delete the API key?' });

/** Opens the page with an API key, and a session whose sign-in is an hour old. Then deletes the key, which asks for the password. */
async function deleteKey(visitor: Awaited<ReturnType<typeof visit>>) {
  const page = await visitor.open();
  await signIn(page);
  await button(page, 'Create a key').click();
  await button(page, 'Delete the key').waitFor();
  const em = quickstart().orm.em.fork();
  await em.nativeUpdate(
    AuthToken,
    { authenticatedAt: { $ne: null } },
    { authenticatedAt: new Date(Date.now() - 3_600_000) },
  );
  await button(page, 'Delete the key').click();
  await deletion(page).getByRole('button', { name: 'Delete the key' }).click();
  await question(page).waitFor();
  return page;
}

async function answer(page: Page, password: string): Promise<void> {
  await question(page).getByLabel('Password', { exact: true }).fill(password);
  await page.keyboard.press('Enter');
}

test('after the right password the key is deleted', async () => {
  const visitor = await visit();
  const calls = watchCalls(visitor);
  const page = await deleteKey(visitor);
  expect(await page.evaluate<string>('document.activeElement.name')).toBe('password');
  expect(await faultsInLooks(page, 'step-up')).toEqual([]);
  await answer(page, 'wrong');
  await question(page).getByText('The password is wrong.').waitFor();
  await answer(page, 'wonderland');
  await card(page, 'Your API key').getByText('The API key was deleted.').waitFor();
  expect(await page.getByRole('dialog').count()).toBe(0);
  expect(calls.filter((call) => call === 'auth.apiAccess.delete')).toHaveLength(2);
  expect(calls.filter((call) => call === 'auth.reauthenticate')).toHaveLength(2);

  await button(page, 'Create a key').click(); // the session is fresh now
  await button(page, 'Delete the key').waitFor();
});

test.each<[string, (page: Page) => Promise<void>]>([
  ['Cancel', (page) => question(page).getByRole('button', { name: 'Cancel' }).click()],
  ['Escape', (page) => page.keyboard.press('Escape')],
])('%s keeps the key, says why, and returns the focus', async (_, decline) => {
  const page = await deleteKey(await visit());
  await decline(page);
  await question(page).waitFor({ state: 'hidden' });
  await deletion(page).getByText('Please confirm that it is you.').waitFor();
  expect(await focused(page)).toBe('Delete the key');
  await page.keyboard.press('Escape');
  await button(page, 'Delete the key').waitFor();
  expect(await page.getByRole('dialog').count()).toBe(0);
});

test('Cancel while the password is checked keeps the key', async () => {
  const visitor = await visit();
  const calls = watchCalls(visitor);
  const page = await deleteKey(visitor);
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
  await deletion(page).getByText('Please confirm that it is you.').waitFor();
  expect(calls.filter((call) => call === 'auth.apiAccess.delete')).toHaveLength(1);
});

test('a question that is asked again does not hold the old password', async () => {
  const page = await deleteKey(await visit());
  await question(page).getByLabel('Password', { exact: true }).fill('half a passw');
  await page.keyboard.press('Escape');
  await deletion(page).getByRole('button', { name: 'Delete the key' }).click();
  await question(page).waitFor();
  expect(await question(page).getByLabel('Password', { exact: true }).inputValue()).toBe('');
});

test('the question closes when the session ends elsewhere', async () => {
  const visitor = await visit();
  const page = await deleteKey(visitor);
  const other = await visitor.open();
  await button(other, 'Sign out').click();
  await isSignedOut(other);
  await page.bringToFront();
  await isSignedOut(page);
  expect(await page.getByRole('dialog').count()).toBe(0);
});

test('too many wrong passwords fail the deletion with the reason', async () => {
  const page = await deleteKey(await visit());
  const wrong = question(page).getByText('The password is wrong.');
  const throttled = deletion(page)
    .getByText(/^Too many attempts\./)
    .first();
  for (let count = 0; count < 11 && !(await throttled.isVisible()); count += 1) {
    await answer(page, `wrong ${count}`);
    await wrong.or(throttled).first().waitFor();
  }
  await throttled.waitFor();
  expect(await question(page).count()).toBe(0);
});
