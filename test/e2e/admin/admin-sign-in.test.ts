import { expect, onTestFinished, test } from 'vitest';
import { demoAdmin, demoUser } from '../../../examples/quickstart/database.ts';
import { User } from '../../../examples/quickstart/entities.ts';
import { faultsInLooks } from '../../support/browser/appearance.ts';
import { button, fillIn, goTo, heading, link, useAdminPage } from './admin-visit.ts';

const { quickstart, at, signedOut } = useAdminPage();

const alert = 'role=alert';

/** Makes the demo's admin an admin or an ordinary user. The next call sees it: the server does not wait for the bus. */
async function setAdmin(isAdmin: boolean): Promise<void> {
  const { auth, orm } = quickstart();
  const em = orm.em.fork();
  const { id } = await em.findOneOrFail(User, { username: demoAdmin.username });
  await em.nativeUpdate(User, id, { isAdmin });
  await auth.users.forget(id);
}

test('an admin signs in, stays signed in after a reload, and signs out', async () => {
  const page = await signedOut();
  expect(await faultsInLooks(page, 'admin-sign-in')).toEqual([]);
  expect(await page.title()).toBe('Sign in – Durin admin');
  await fillIn(page);
  await heading(page, 'Usage').waitFor();
  expect(await page.title()).toBe('Usage – Durin admin');
  await page.getByText(demoAdmin.username, { exact: true }).waitFor();
  await page.reload();
  await heading(page, 'Usage').waitFor();
  await button(page, 'Sign out').click();
  await button(page, 'Sign in').waitFor();
  expect(await page.locator(alert).innerText()).toBe('');
  expect(await page.evaluate('sessionStorage.length')).toBe(0);
});

test('a wrong password, throttling and an unreachable server show an error', async () => {
  const page = await signedOut();
  await fillIn(page, { ...demoAdmin, password: 'melon' });
  await page.getByText('These details do not match an account.').waitFor();
  expect(await page.evaluate('getComputedStyle(document.activeElement).outlineStyle')).toBe('none'); // no square around the alert
  expect(await faultsInLooks(page, 'admin-sign-in-refused')).toEqual([]);

  const wrong = { username: 'mallory', password: 'x', client: 'admin' };
  const init = { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(wrong) };
  for (let tries = 0; tries < 10; tries += 1) await fetch(`${quickstart().url}/admin/api/auth.login`, init);
  await fillIn(page, { ...demoAdmin, username: 'mallory' });
  const countdown = page.locator(alert).locator('[aria-hidden]').last();
  await expect.poll(() => countdown.innerText()).toMatch(/^Too many attempts\. Try again in \d+ seconds\.$/);
  const atFirst = await countdown.innerText();
  await expect.poll(() => countdown.innerText()).not.toBe(atFirst);

  await quickstart().stop();
  await fillIn(page);
  await page.getByText('The server cannot be reached.').waitFor();
  await quickstart().start();
  await fillIn(page);
  await heading(page, 'Usage').waitFor();
});

test('a user who is not an admin is told so and signed out', async () => {
  const page = await signedOut();
  await fillIn(page, demoUser);
  await page.getByText('This account is not an admin, so you were signed out.').waitFor();
  expect(await page.evaluate('sessionStorage.length')).toBe(0);
});

test('opening a view without a session asks to sign in first', async () => {
  const page = await signedOut();
  await goTo(page, '/clients/web');
  await page.reload();
  await fillIn(page);
  await heading(page, 'web').waitFor();
  expect(page.url()).toContain('/admin/#/clients/web');
}, 15_000);

test('a session revoked elsewhere leads to the sign-in page, with a reason', async () => {
  const { auth, orm } = quickstart();
  const page = await at('/clients');
  await link(page, 'web').waitFor(); // the view has loaded
  const admin = await orm.em.fork().findOneOrFail(User, { username: demoAdmin.username });
  await auth.tokens.revokeAll({ user: admin.id });
  await page.getByRole('menuitem', { name: 'Tokens' }).click();
  await page.getByText('Your session was ended.').waitFor();
  expect(await faultsInLooks(page, 'admin-session-ended')).toEqual([]);
  await fillIn(page);
  await heading(page, 'Tokens').waitFor(); // the view from before
});

test('an admin who is demoted is signed out', async () => {
  const page = await at('/clients');
  await link(page, 'web').waitFor(); // the view has loaded
  onTestFinished(() => setAdmin(true));
  await setAdmin(false);
  await page.getByRole('menuitem', { name: 'Tokens' }).click();
  await page.getByText('You are no longer an admin, so you were signed out.').waitFor();
  await button(page, 'Sign in').waitFor();
  expect(await page.evaluate('sessionStorage.length')).toBe(0);
});

test('an admin stays signed in while the role cannot be asked for', async () => {
  const page = await at('/clients');
  await link(page, 'web').waitFor(); // the view has loaded
  let asked = 0;
  await page.route(/admin\.whoami/, async (route) => {
    asked += 1;
    await route.fulfill({ status: 503, contentType: 'text/html', body: 'Try again later' });
  });
  onTestFinished(async () => {
    await page.unroute(/admin\.whoami/);
    await setAdmin(true);
  });
  await setAdmin(false);
  await page.getByRole('menuitem', { name: 'Tokens' }).click();
  await expect.poll(() => asked).toBeGreaterThan(0);
  await heading(page, 'Tokens').waitFor();
  expect(await button(page, 'Sign out').isVisible()).toBe(true);
  expect(await page.evaluate('sessionStorage.length')).toBeGreaterThan(0);
});

test('the theme follows the system or the choice, also after signing out', async () => {
  const page = await at('/');
  const background = () => page.evaluate<string>('getComputedStyle(document.body).backgroundColor');
  const light = await background();
  await page.emulateMedia({ colorScheme: 'dark' });
  await expect.poll(background).not.toBe(light);
  await button(page, 'Toggle light/dark mode').click();
  await expect.poll(background).toBe(light);
  await button(page, 'Sign out').click();
  await button(page, 'Sign in').waitFor();
  expect(await background()).toBe(light);
});
