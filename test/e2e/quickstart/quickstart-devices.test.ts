import type { Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { faultsInLooks } from '../../support/browser/appearance.ts';
import {
  button,
  card,
  fillIn,
  focused,
  isSignedIn,
  isSignedOut,
  session,
  signIn,
  turnTo,
  useQuickstart,
} from './quickstart-visit.ts';

const { quickstart, visit } = useQuickstart();

const onWindows = 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0';

/** Alice on two devices, in browsers that share nothing. */
async function openTwoDevices() {
  const laptop = await (await visit()).open();
  const other = await (await visit({ userAgent: onWindows })).open();
  await signIn(other);
  await signIn(laptop);
  await session(laptop, 'Firefox on Windows').waitFor();
  return { laptop, other };
}

const titles = (page: Page) => card(page, 'Your devices').locator('.title').allInnerTexts();

test('a device is signed out from another one, which stays signed in', async () => {
  const { laptop, other } = await openTwoDevices();
  expect(await titles(laptop)).toEqual(['Chrome on Linux This device', 'Firefox on Windows']);
  expect(await faultsInLooks(laptop, 'two-devices', { alsoZoomed: true })).toEqual([]);
  await button(laptop, 'Sign out Firefox on Windows').click();
  const dialog = laptop.getByRole('dialog', { name: 'Sign out Firefox on Windows?' });
  await dialog.getByRole('button', { name: 'Sign out' }).click();
  await laptop.getByText('Firefox on Windows was signed out.').waitFor();
  await session(laptop, 'Firefox on Windows').waitFor({ state: 'detached' });

  await button(other, 'Call whoami').click();
  await isSignedOut(other);
  await other.getByText('This device was signed out, from another one').waitFor();
  await button(laptop, 'Call whoami').click();
  await laptop.getByText('client: web').waitFor();
  await isSignedIn(laptop);
});

test('a device that signs itself out leaves the others signed in', async () => {
  const { laptop, other } = await openTwoDevices();
  await button(other, 'Sign out').click();
  await isSignedOut(other);
  await button(laptop, 'Call whoami').click();
  await laptop.getByText('client: web').waitFor();
  await turnTo(laptop); // reloads the list
  await laptop.getByText('You are signed in on this device only.').waitFor();
  expect(await titles(laptop)).toEqual(['Chrome on Linux This device']);
});

test('all other devices are signed out at once', async () => {
  const { laptop, other } = await openTwoDevices();
  await button(laptop, 'Sign out all other devices').click();
  const dialog = laptop.getByRole('dialog', { name: 'Sign out all other devices?' });
  await dialog.getByRole('button', { name: 'Sign out all other devices' }).click();
  await laptop.getByText('1 other session was ended.').waitFor();
  await button(other, 'Call whoami').click();
  await isSignedOut(other);
  await isSignedIn(laptop);
});

test('a device is renamed in the list', async () => {
  const { laptop, other } = await openTwoDevices();
  const rename = button(laptop, 'Rename Firefox on Windows');
  await rename.click();
  const field = laptop.getByLabel('Name of this device');
  expect(await field.getAttribute('placeholder')).toBe('Firefox on Windows');
  expect(await field.evaluate('document.activeElement.name === "" && document.activeElement.maxLength')).toBe(64);
  expect(await faultsInLooks(laptop, 'rename', { alsoZoomed: true })).toEqual([]);
  await laptop.keyboard.press('Escape');
  expect(await focused(laptop)).toBe('Rename Firefox on Windows');

  await rename.click();
  await field.fill('   ');
  expect(await field.inputValue()).toBe('');
  await field.fill(' Kitchen tablet ');
  await laptop.keyboard.press('Enter');
  await laptop.getByText('The device is now called Kitchen tablet.').waitFor();
  expect(await titles(laptop)).toEqual(['Chrome on Linux This device', 'Kitchen tablet']);
  await session(laptop, 'Kitchen tablet').getByText('Firefox on Windows', { exact: true }).waitFor();
  await other.reload();
  await session(other, 'Kitchen tablet').getByText('This device').waitFor();
});

test('a name that cannot be stored is kept in the form', async () => {
  const visitor = await visit();
  const page = await visitor.open();
  await signIn(page);
  await button(page, 'Rename Chrome on Linux').click();
  await visitor.context.route('**/trpc/auth.sessions.rename**', (route) => route.abort());
  await page.getByLabel('Name of this device').fill('Desk');
  await button(page, 'Save').click();
  await page.getByText('The name was not changed. The server cannot be reached.').waitFor();
  expect(await faultsInLooks(page, 'rename-failed')).toEqual([]);
  expect(await page.getByLabel('Name of this device').inputValue()).toBe('Desk');
  await visitor.context.unroute('**/trpc/auth.sessions.rename**');
  await button(page, 'Save').click();
  await page.getByText('The device is now called Desk.').waitFor();
});

test('long and right-to-left names of devices fit', async () => {
  const { auth, userId } = quickstart();
  for (const name of [
    'x'.repeat(64),
    'حاسوب مريم في المطبخ (1)',
    'Alice’s very own laptop, the one on the desk upstairs',
  ])
    await auth.tokens.issue({ user: userId, client: 'web', name });
  const page = await (await visit()).open();
  await signIn(page);
  await session(page, 'حاسوب مريم في المطبخ (1)').waitFor();
  expect(await faultsInLooks(page, 'names-of-devices', { alsoZoomed: true })).toEqual([]);
});

test('a login beyond the limit says so in words', async () => {
  const { auth, userId } = quickstart();
  await auth.clients.update('web', { maxSessions: 2, atLimit: 'refuse' });
  for (const name of ['Laptop', 'Phone']) await auth.tokens.issue({ user: userId, client: 'web', name });
  const page = await (await visit()).open();
  await fillIn(page);
  await button(page, 'Sign in').click();
  await page.getByRole('alert').getByText('You are already signed in on as many devices as allowed.').waitFor();
  expect(await faultsInLooks(page, 'session-limit')).toEqual([]);
  await auth.clients.update('web', { maxSessions: 5, atLimit: 'end-oldest' });
  await button(page, 'Sign in').click();
  await isSignedIn(page);
});
