import { expect, test } from 'vitest';
import { faultsInLooks } from '../../support/browser/appearance.ts';
import { openVisitor } from '../../support/browser/chromium.ts';
import { button, isSignedOut, signIn, useQuickstart } from './quickstart-visit.ts';

const { quickstart, browser } = useQuickstart();

test('a session that another version of the page has stored is no blank page, and can be ended', async () => {
  const visitor = await openVisitor(browser(), quickstart().url);
  const page = await visitor.open();
  await signIn(page);
  const withoutUser = `
    const { user, ...session } = JSON.parse(localStorage.getItem('durin.auth.web'));
    localStorage.setItem('durin.auth.web', JSON.stringify(session));`;
  await page.evaluate(withoutUser);
  await page.reload();
  await page.getByRole('alert').getByText('This page has failed').waitFor();
  expect(await faultsInLooks(page, 'crashed')).toEqual([]);
  await button(page, 'Load it again').click();
  await page.getByRole('alert').getByText('This page has failed').waitFor();
  await button(page, 'Sign out').click();
  await isSignedOut(page);
  await signIn(page);
  await visitor.close();
});
