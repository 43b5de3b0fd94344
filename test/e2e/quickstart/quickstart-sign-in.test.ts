import type { Locator } from 'playwright-core';
import { expect, test } from 'vitest';
import { faultsInLooks } from '../../support/browser/appearance.ts';
import {
  button,
  card,
  createKey,
  fillIn,
  heading,
  isSignedIn,
  isSignedOut,
  signIn,
  useQuickstart,
  watchCalls,
} from './quickstart-visit.ts';

const { quickstart, visit } = useQuickstart();

test('signing in and out works by keyboard alone', async () => {
  const page = await (await visit()).open();
  expect(await faultsInLooks(page, 'sign-in')).toEqual([]);

  const press = async (...keys: string[]) => {
    for (const key of keys) await page.keyboard.press(key);
  };
  const focused = () => page.evaluate<string>('document.activeElement.name || document.activeElement.textContent');
  await press('Tab', 'Tab', 'Tab', 'Tab'); // the colours and the two clients
  expect(await focused()).toBe('username');
  await page.keyboard.type('alice');
  await press('Tab');
  expect(await focused()).toBe('password');
  await page.keyboard.type('wonderland');
  await press('Enter');
  await isSignedIn(page);
  await expect.poll(focused).toBe('Hello, alice');
  await press('Tab');
  expect(await focused()).toBe('Sign out');
  await press('Enter');
  await isSignedOut(page);
  await expect.poll(focused).toBe('Sign in');
  await page.getByRole('heading', { name: 'Sign in', description: 'You have signed out.' }).waitFor(); // screen readers announce it
});

test('a first visit shows no notice, and a reload keeps the session', async () => {
  const page = await (await visit()).open();
  expect(await page.getByText(/signed out|expired|ended/).count()).toBe(0);
  await signIn(page);
  await page.reload();
  await isSignedIn(page);
});

test('a button pressed twice acts once', async () => {
  const visitor = await visit();
  const page = await visitor.open();
  const calls = watchCalls(visitor);
  const timesCalled = (name: string) => calls.filter((call) => call === name).length;
  await fillIn(page);
  await pressTwice(button(page, 'Sign in'));
  await isSignedIn(page);
  expect(timesCalled('auth.login')).toBe(1);

  await button(page, 'Create a key').click();
  await page.getByLabel('Name of the key').fill('export');
  await pressTwice(button(page, 'Create the key'));
  await button(page, 'Revoke export').click();
  const dialog = page.getByRole('dialog', { name: 'Revoke the key export?' });
  await pressTwice(dialog.getByRole('button', { name: 'Revoke the key' }));
  await page.getByText('The key export was revoked.').waitFor();
  expect(await dialog.count()).toBe(0);
  expect([timesCalled('auth.keys.create'), timesCalled('auth.keys.revoke')]).toEqual([1, 1]);
  await createKey(page, 'export'); // once more, after the first time
});

test('a wrong password is reported', async () => {
  const page = await (await visit()).open();
  await fillIn(page, 'looking-glass');
  await button(page, 'Show the password').click();
  await button(page, 'Hide the password').waitFor();
  expect(await page.getByLabel('Password', { exact: true }).getAttribute('type')).toBe('text');
  await button(page, 'Sign in').click();
  await page.getByRole('alert').filter({ hasText: 'The user name or password is wrong.' }).waitFor();
  expect(await faultsInLooks(page, 'wrong-password')).toEqual([]);
  await signIn(page);
});

test('after too many wrong passwords the page counts down', async () => {
  const { context } = await visit();
  const page = await context.newPage();
  await page.clock.install();
  await page.goto('/');
  const wrong = { username: 'mallory', password: 'x', client: 'web' };
  for (let attempt = 0; attempt < 10; attempt += 1) {
    await fetch(`${quickstart().url}/trpc/auth.login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(wrong),
    });
  }
  await fillIn(page, 'y', wrong.username);
  await button(page, 'Sign in').click();
  const countdown = page.getByRole('alert').locator('[aria-hidden]');
  const secondsLeft = async () => Number(/(\d+) seconds\.$/.exec(await countdown.innerText())?.[1]);
  await countdown.waitFor();
  const atFirst = await secondsLeft();
  const spoken = `Too many attempts. Try again in ${atFirst} seconds.`; // the same all the time
  expect(await faultsInLooks(page, 'throttled')).toEqual([]);
  await page.clock.runFor(5000);
  expect(await secondsLeft()).toBeLessThanOrEqual(atFirst - 5);
  expect(await page.getByRole('alert').locator('.hidden').innerText()).toBe(spoken);
  expect(await button(page, 'Sign in').getAttribute('aria-disabled')).toBe('true');
  await page.clock.fastForward(61_000);
  await expect.poll(() => countdown.innerText()).toBe('Too many attempts. You can try again now.');
  expect(await button(page, 'Sign in').getAttribute('aria-disabled')).toBe('false');
});

test('what a user may call depends on the client', async () => {
  const visitor = await visit();
  const page = await visitor.open();
  const answer = (name: string) => page.getByRole('status', { name: `Response of ${name}` });
  async function call(name: string): Promise<string> {
    await button(page, `Call ${name}`).click();
    return answer(name).locator('.answer').innerText();
  }
  const answers = async () => ({
    hello: await call('hello'),
    whoami: await call('whoami'),
    publish: await call('publish'),
    deploy: await call('deploy'),
    changeSettings: await call('changeSettings'),
    'reports.list': await call('reports.list'),
    'reports.add': await call('reports.add'),
  });

  const unknown = 'You need to sign in first. NO_CREDENTIALS';
  const hello = 'Hello, whoever you are!';
  expect(await answers()).toEqual({
    hello,
    whoami: unknown,
    publish: unknown,
    deploy: unknown,
    changeSettings: unknown,
    'reports.list': unknown,
    'reports.add': unknown,
  });

  await signIn(page);
  const refused = 'This client may not use this procedure. CLIENT_NOT_ALLOWED';
  expect(await answers()).toEqual({
    hello,
    whoami: expect.stringContaining('username: alice, client: web'),
    publish: 'alice published "Down the rabbit hole"',
    deploy: refused,
    changeSettings: 'changed from web',
    'reports.list': 'The Pool of Tears, A Caucus-Race',
    'reports.add': 'alice added "Alice’s Evidence"',
  });
  for (let roll = 1; roll <= 3; roll += 1) expect(await call('rollDice')).toMatch(/^[1-6]$/);
  await button(page, 'Call rollDice').click();
  await answer('rollDice')
    .filter({ hasText: /Try again in \d+ seconds.\s*THROTTLED/ })
    .waitFor();
  const countdown = answer('rollDice').locator('[aria-hidden]');
  const atFirst = await countdown.innerText();
  await expect.poll(() => countdown.innerText()).not.toBe(atFirst);
  expect(await faultsInLooks(page, 'calls')).toEqual([]);

  await button(page, 'Sign out').click();
  await page.getByRole('link', { name: 'cli', exact: true }).click();
  await page.waitForURL('**/?client=cli');
  await signIn(page);
  await card(page, 'Hello, alice').getByText('you sign out').waitFor();
  await card(page, 'Hello, alice').getByText('no limit').waitFor();
  expect(await answers()).toMatchObject({
    publish: refused,
    deploy: 'alice deployed from a terminal',
    'reports.list': 'The Pool of Tears, A Caucus-Race',
    'reports.add': 'This session may not do that. INSUFFICIENT_SCOPE',
  });
  expect(await heading(page, 'Hello, alice').count()).toBe(1);
});

test('the colours follow the system until others are chosen', async () => {
  const visitor = await visit();
  const page = await visitor.open();
  const ground = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
  await page.emulateMedia({ colorScheme: 'dark' });
  const dark = await ground();
  await page.emulateMedia({ colorScheme: 'light' });
  expect(await ground()).not.toBe(dark);
  await button(page, 'Dark colours').click();
  expect(await ground()).toBe(dark);
  await page.reload();
  expect(await ground()).toBe(dark);
  await button(page, 'Light colours').click();
  await page.emulateMedia({ colorScheme: 'dark' });
  expect(await ground()).toBe(dark); // choosing the system's colours follows the system again
});

/** Presses twice before the page can render in between. */
async function pressTwice(pressed: Locator): Promise<void> {
  await pressed.evaluate((element: unknown) => {
    const { click } = element as { click: () => void }; // a DOM element; tests have no DOM types
    click.call(element);
    click.call(element);
  });
}
