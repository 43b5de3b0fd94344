import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { demoAdmin } from '../../../examples/quickstart/database.ts';
import { faultsInLooks } from '../../support/browser/appearance.ts';
import { button, card, isSignedOut, signIn, useQuickstart } from './quickstart-visit.ts';

const { quickstart, visit } = useQuickstart();

const live = (page: Page) => card(page, 'Live');
/** The stream has brought its first event. The heading "Live" is there before. */
const isLive = (page: Page) => live(page).getByText('opened this page on web').waitFor();
const hasEnded = (page: Page) => live(page).getByText('Your session was revoked').waitFor();

/** Two tabs of one session, each with a stream. */
async function openTabs(): Promise<Page[]> {
  const visitor = await visit();
  const first = await visitor.open();
  await signIn(first);
  const second = await visitor.open();
  for (const tab of [first, second]) await isLive(tab);
  return [first, second];
}

/** Holds back what the tabs poll, so that none of them learns from another call that its session has ended. */
async function holdCalls(tabs: readonly Page[]): Promise<void> {
  for (const tab of tabs) {
    for (const loading of await tab.getByText('Loading…').all()) await loading.waitFor({ state: 'hidden' });
    await tab.route(/\/trpc\/(?!activity)/, () => {});
  }
}

async function expectEnded(tabs: readonly Page[]): Promise<void> {
  const texts: string[] = [];
  for (const tab of tabs) {
    await hasEnded(tab);
    await isSignedOut(tab);
    texts.push(await live(tab).innerText());
    expect(texts.at(-1)).toMatch(/Ended[^]*Your session was revoked[^]*opened this page on web/);
  }
  // A tab may hear of it from the other one, before its own stream ends.
  expect(texts.some((text) => text.includes('INVALID_TOKEN'))).toBe(true);
}

test('what the user does appears in each open tab', async () => {
  const [first, second] = (await openTabs()) as [Page, Page];
  await button(first, 'Call publish').click();
  for (const tab of [first, second]) await live(tab).getByText('published "Down the rabbit hole"').waitFor();
  expect(await faultsInLooks(first, 'live')).toEqual([]);
});

test('a revocation by SQL ends the stream in each open tab', async () => {
  const tabs = await openTabs();
  await holdCalls(tabs);
  const { orm, userId } = quickstart();
  await orm.em.getConnection().execute('delete from durin_auth_token where user_id = ?', [userId]);
  await expectEnded(tabs);
  expect(await faultsInLooks(tabs[0] as Page, 'live-ended')).toEqual([]);
});

test('a revocation on the admin page ends the stream in each open tab', async () => {
  const tabs = await openTabs();
  const visitor = await visit();
  visitor.context.setDefaultTimeout(30_000); // at the first visit the browser compiles the scripts
  const admin = await visitor.open('/admin/');
  await admin.getByLabel('Username').fill(demoAdmin.username);
  await admin.getByLabel('Password', { exact: true }).fill(demoAdmin.password);
  await button(admin, 'Sign in').click();
  await button(admin, 'Sign out').waitFor();
  await admin.evaluate("location.hash = '/tokens'");
  await button(admin, 'Revoke… the token of alice on web').click();
  await holdCalls(tabs);
  await button(admin, 'Revoke').click();
  await admin.getByText('The token of alice on web was revoked.').waitFor();
  await expectEnded(tabs);
});

test('after a sign-out and another sign-in, there is a new stream', async () => {
  const [tab] = (await openTabs()) as [Page];
  await button(tab, 'Sign out').click();
  await live(tab).getByText('You signed out').waitFor();
  await signIn(tab);
  await isLive(tab);
});
