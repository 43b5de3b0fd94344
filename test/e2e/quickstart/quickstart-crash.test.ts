import { expect, test } from 'vitest';
import { faultsInLooks } from '../../support/browser/appearance.ts';
import { openVisitor } from '../../support/browser/chromium.ts';
import { button, isSignedOut, signIn, useQuickstart } from './quickstart-visit.ts';

const { quickstart, browser } = useQuickstart();

test('an incompatible stored session shows a notice with a sign-out', async () => {
  const visitor = await openVisitor(browser(), quickstart().url);
  const page = await visitor.open();
  await signIn(page);
  const withoutUser = `
    const { user, ...session } = JSON.parse(localStorage.getItem('durin.auth.web'));
    localStorage.setItem('durin.auth.web', JSON.stringify(session));`;
  await page.evaluate(withoutUser);
  await page.reload();
  await page.getByRole('alert').getByText('Something went wrong').waitFor();
  expect(await faultsInLooks(page, 'crashed')).toEqual([]);
  await button(page, 'Reload').click();
  await page.getByRole('alert').getByText('Something went wrong').waitFor();
  await button(page, 'Sign out').click();
  await isSignedOut(page);
  await signIn(page);
  await visitor.close();
});
