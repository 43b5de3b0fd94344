import type { Locator, Page } from 'playwright-core';
import { expect, test } from 'vitest';
import { User } from '../../../examples/quickstart/entities.ts';
import { faultsInLooks } from '../../support/browser/appearance.ts';
import {
  apiKey,
  button,
  card,
  createKey,
  focused,
  isSignedIn,
  isSignedOut,
  session,
  signIn,
  turnTo,
  useQuickstart,
  watchCalls,
} from './quickstart-visit.ts';

const { quickstart, visit } = useQuickstart();

test('a session can be ended from another tab', async () => {
  const visitor = await visit();
  const web = await visitor.open();
  await signIn(web);
  expect(await faultsInLooks(web, 'only-session')).toEqual([]);
  const [cli] = await Promise.all([
    visitor.context.waitForEvent('page'),
    web.getByRole('link', { name: 'open this page as the client cli' }).click(),
  ]);
  await signIn(cli);
  await turnTo(web);
  await session(web, 'cli').waitFor();
  expect(await session(web, 'web').innerText()).toContain('This device');
  expect(await session(web, 'web').getByRole('button').allTextContents()).toEqual(['Rename Chrome on Linux']);
  expect(await session(web, 'cli').locator('dl').innerText()).toMatch(
    /^Client\s+cli, from 127\.0\.0\.1\s+Last used\s+(?:never|just now)\s+Expires\s+never$/,
  );
  expect(await session(web, 'web').locator('dl').innerText()).toMatch(/Last used\s+just now\s+Expires\s+in 3 days$/);

  const end = button(web, 'Sign out Chrome on Linux');
  await end.click();
  const dialog = web.getByRole('dialog', { name: 'Sign out Chrome on Linux?' });
  await dialog.waitFor();
  expect(await faultsInLooks(web, 'confirm')).toEqual([]);
  await web.keyboard.press('Escape');
  await dialog.waitFor({ state: 'hidden' });
  expect(await focused(web)).toBe('Sign out Chrome on Linux');

  await end.click();
  await dialog.getByRole('button', { name: 'Sign out' }).click();
  await web.getByText('Chrome on Linux was signed out.').waitFor();
  await session(web, 'cli').waitFor({ state: 'detached' });
  expect(await focused(web)).toBe('Your devices');

  await turnTo(cli);
  await isSignedOut(cli);
  await cli.getByText('This device was signed out, from another one').waitFor();
  expect(await faultsInLooks(cli, 'revoked')).toEqual([]);
  await isSignedIn(web);
});

/** Where the columns of an item begin, from the left. */
function columns(item: Locator): Promise<number[]> {
  return item
    .locator('dd')
    .evaluateAll((cells: unknown[]) =>
      cells.map((cell) => (cell as { getBoundingClientRect(): { left: number } }).getBoundingClientRect().left),
    );
}

test('the columns of the sessions and the keys line up', async () => {
  const visitor = await visit();
  const cli = await visitor.open('/?client=cli');
  await signIn(cli);
  const page = await visitor.open();
  await signIn(page);
  await createKey(page, 'export');
  const ofWeb = await columns(session(page, 'web'));
  expect(new Set(ofWeb).size).toBe(3);
  expect(await columns(session(page, 'cli'))).toEqual(ofWeb);
  expect(await columns(apiKey(page, 'export'))).toEqual(ofWeb);
});

test('long and right-to-left names fit', async () => {
  const { orm } = quickstart();
  const names = ['x'.repeat(120), 'مريم العذراء (1)'];
  const alice = await orm.em.fork().findOneOrFail(User, { username: 'alice' });
  for (const username of names) {
    const em = orm.em.fork();
    em.create(User, { username, passwordHash: alice.passwordHash });
    await em.flush();
    const page = await (await visit()).open();
    await signIn(page, username);
    await session(page, 'web').waitFor();
    await button(page, 'Call whoami').click();
    await page.getByText('client: web').waitFor();
    expect(await faultsInLooks(page, `name-of-${username.length}`, { alsoZoomed: true })).toEqual([]);
  }
});

test('all other sessions end, with or without the API keys', async () => {
  const visitor = await visit();
  const [web, cli] = [await visitor.open(), await visitor.open('/?client=cli')];
  await signIn(cli);
  await turnTo(web);
  await signIn(web);
  await createKey(web, 'export');
  await session(web, 'cli').waitFor();
  const allOthers = web.getByRole('button', { name: 'Sign out all other devices' });

  await allOthers.click();
  const dialog = web.getByRole('dialog', { name: 'Sign out all other devices?' });
  await dialog.getByRole('button', { name: 'Sign out all other devices' }).click();
  await web.getByText('1 other session was ended.').waitFor();
  await apiKey(web, 'export').waitFor();
  await turnTo(cli);
  await isSignedOut(cli);
  await signIn(cli);

  await turnTo(web);
  await allOthers.click();
  await dialog.getByLabel('Keep the API keys').uncheck();
  await dialog.getByRole('button', { name: 'Sign out all other devices' }).click();
  await web.getByText('2 other sessions were ended.').waitFor();
  await card(web, 'Your API keys').getByText('You have none.').waitFor();
  expect(await allOthers.count()).toBe(0);
});

test('tabs of one client sign in and out together', async () => {
  const visitor = await visit();
  const [two, one] = [await visitor.open(), await visitor.open()];
  await signIn(one);
  await isSignedIn(two);
  await turnTo(two);
  await button(two, 'Sign out').click();
  await isSignedOut(one);
  await one.getByText('You have signed out.').waitFor();

  await signIn(two);
  await isSignedIn(one);
  await one.evaluate('localStorage.clear()');
  await isSignedOut(two);
  expect(await button(one, 'Sign out').count()).toBe(1); // a tab gets no storage event for its own change
});

test('when another user signs in, data of the first user is gone', async () => {
  const visitor = await visit();
  const one = await visitor.open();
  await signIn(one);
  await createKey(one, 'export');
  const two = await visitor.open();
  await apiKey(two, 'export').waitFor();
  await visitor.context.route('**/trpc/**keys.list**', (route) => route.abort()); // only the cache could show one
  await signInElsewhere(two, 'bob');
  await isSignedIn(one, 'bob');
  await card(one, 'Your API keys').getByText('The server cannot be reached.').waitFor();
  expect(await one.getByText('export').count()).toBe(0);
});

test('a key created during a switch of users is not shown', async () => {
  const visitor = await visit();
  const [one, two] = [await visitor.open(), await visitor.open()];
  await signIn(one);
  const { promise: isSwitched, resolve: goOn } = Promise.withResolvers<void>();
  await visitor.context.route('**/trpc/auth.keys.create', async (route) => {
    const response = await route.fetch();
    await isSwitched;
    await route.fulfill({ response });
  });
  await button(one, 'Create a key').click();
  await one.getByLabel('Name of the key').fill('export');
  await one.keyboard.press('Enter');
  await button(one, 'Creating…').waitFor();
  await visitor.context.route('**/trpc/**keys.list**', (route) => route.abort()); // only the cache could show one
  await signInElsewhere(two, 'bob');
  await isSignedIn(one, 'bob');
  const ofKeys = card(one, 'Your API keys');
  await ofKeys.getByText('The server cannot be reached.').waitFor();
  const lists = one.waitForResponse('**/trpc/**sessions.list**'); // reloaded once the key exists
  goOn();
  await lists;
  await ofKeys.getByText('The server cannot be reached.').waitFor();
  expect(await one.getByText('export').count()).toBe(0);
});

test('halfway to the expiry one tab refreshes for both', async () => {
  const { auth } = quickstart();
  await auth.clients.update('web', { tokenTtl: '12s' });
  const visitor = await visit();
  const calls = watchCalls(visitor);
  const [one, two] = [await visitor.open(), await visitor.open()];
  await signIn(one);
  await isSignedIn(two);
  const tabs = [one, two].map((page) => card(page, 'Hello, alice').locator('time'));
  const times = () => Promise.all(tabs.map((tab) => tab.getAttribute('datetime')));
  const [before] = await times();
  await expect.poll(times, { timeout: 12_000 }).toSatisfy(([a, b]: (string | null)[]) => a === b && a !== before);
  expect(calls.filter((name) => name === 'auth.refresh')).toHaveLength(1);
  await auth.clients.update('web', { tokenTtl: '14d' });
});

test('the refresh button refreshes the session', async () => {
  const visitor = await visit();
  const page = await visitor.open();
  await signIn(page);
  const calls = watchCalls(visitor);
  await button(page, 'Refresh').click();
  await page.getByText('The session was refreshed.').waitFor();
  expect(calls.filter((name) => name === 'auth.refresh')).toHaveLength(1);
});

test('a session that expired while offline leads to the sign-in form', async () => {
  const { auth } = quickstart();
  await auth.clients.update('web', { tokenTtl: '4s' });
  const visitor = await visit();
  const page = await visitor.open();
  await signIn(page);
  await visitor.context.setOffline(true);
  const { expiry } = await newestSession(page);
  await expect.poll(() => Date.now(), { timeout: 8000 }).toBeGreaterThanOrEqual(Date.parse(expiry));
  await visitor.context.setOffline(false);
  await isSignedOut(page);
  await page.getByText('Your session has expired. Sign in again to continue.').waitFor();
  expect(await faultsInLooks(page, 'expired')).toEqual([]);
  await auth.clients.update('web', { tokenTtl: '14d' });
  await signIn(page);
});

/** Signs in as another tab would, and stores the session for all tabs. */
async function signInElsewhere(tab: Page, username: string): Promise<void> {
  await tab.evaluate(`(async () => {
    const body = JSON.stringify({ username: '${username}', password: 'wonderland', client: 'web' });
    const headers = { 'content-type': 'application/json' };
    const answer = await (await fetch('/trpc/auth.login', { method: 'POST', headers, body })).json();
    localStorage.setItem('durin.auth.web', JSON.stringify({ ...answer.result.data, refreshAt: null }));
  })()`);
}

/** The session that the page has stored. */
async function newestSession(page: Page) {
  const stored = await page.evaluate<string>("localStorage.getItem('durin.auth.web')");
  return JSON.parse(stored) as { expiry: string };
}
