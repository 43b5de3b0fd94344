import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { faultsInLooks } from '../../support/browser/appearance.ts';
import { copiesOf } from '../package/packed.ts';
import {
  button,
  cookieName,
  headingsOf,
  isSignedIn,
  isSignedOut,
  noteHeadings,
  noteRedirects,
  sessionCookie,
  setSessionCookie,
  signIn,
  startWithClock,
  useNextExample,
} from './next-visit.ts';

const { example, visit, requestPage } = useNextExample();

test('the first HTML of a signed-in user holds no sign-in form', async () => {
  const { context, open } = await visit();
  await signIn(await open());
  const token = await sessionCookie(context);

  const response = await requestPage('/', `${cookieName}=${token}`);
  const html = await response.text();
  expect(response.status).toBe(200);
  expect(html).toContain('Hello, alice');
  expect(html).toContain('This device');
  expect(html).not.toContain('type="password"');
  expect(html).not.toContain(token);
  expect(await (await requestPage('/sign-in')).text()).toContain('type="password"');
});

test('a reload without JavaScript is signed in', async () => {
  const { context, open } = await visit({ javaScriptEnabled: false });
  const page = await open();
  await signIn(page); // through the server action
  expect((await context.cookies())[0]).toMatchObject({ name: cookieName, httpOnly: true, secure: true, path: '/' });
  await page.reload();
  await isSignedIn(page);
  expect(await page.getByLabel('Password').count()).toBe(0);
});

test('a wrong password is refused with and without JavaScript', async () => {
  for (const javaScriptEnabled of [true, false]) {
    const { open } = await visit({ javaScriptEnabled });
    const page = await open();
    await page.getByLabel('User name').fill('alice');
    await page.getByLabel('Password').fill('looking-glass');
    await button(page, 'Sign in').click();
    await page.getByText('Unable to log in with provided credentials.').waitFor();
    expect(page.url()).not.toContain('looking-glass');
  }
});

test('a reload hydrates without a call, and never shows the form', async () => {
  const { context, open } = await visit();
  await noteHeadings(context);
  const page = await open();
  await signIn(page);

  const calls: string[] = [];
  page.on('request', (request) => calls.push(new URL(request.url()).pathname));
  await page.reload();
  await page.getByText('This device').waitFor();
  await button(page, 'Refresh').click(); // works once the page is hydrated
  await page.getByText('The session was refreshed.').waitFor();
  expect(calls.filter((path) => path.startsWith('/api/trpc'))).toEqual(['/api/trpc/auth.refresh']);
  expect(await headingsOf(page)).toEqual(['Hello, alice']);
});

test('a server action renames a device', async () => {
  const names = { true: 'Teapot', false: 'Looking-glass' };
  for (const javaScriptEnabled of [true, false]) {
    const { open } = await visit({ javaScriptEnabled });
    const page = await open();
    await signIn(page);
    const device = page.getByRole('listitem').filter({ hasText: 'This device' });
    const name = names[`${javaScriptEnabled}`];
    await device.getByPlaceholder('New name').fill(name);
    await device.getByRole('button', { name: 'Rename' }).click();
    await device.getByText(name, { exact: true }).waitFor();
  }
});

test('a server action with an ended session shows the sign-in form', async () => {
  const [ended, other] = [await visit(), await visit()];
  const page = await ended.open();
  await signIn(page);
  await page.getByPlaceholder('New name').first().fill('Gone');
  const token = await sessionCookie(ended.context);
  await setSessionCookie(other.context, token ?? '');
  await button(await other.open(), 'Sign out').click();

  await page.getByRole('button', { name: 'Rename' }).first().click();
  await page.waitForURL('**/sign-in');
  expect(await page.getByLabel('Password').count()).toBe(1);
});

test.for([
  ['ended', '0123'.repeat(16)],
  ['malformed', 'x'],
  ['absent', null],
] as const)('a cookie that is %s leads to the sign-in form at once', async ([, value]) => {
  const { context, open } = await visit();
  const redirects = noteRedirects(context);
  if (value !== null) await setSessionCookie(context, value);
  const page = await open();
  await isSignedOut(page);
  expect(redirects).toHaveLength(1);
  await signIn(page);
});

test('a session that expires while its page is open ends at the next call', async () => {
  const server = await startWithClock(example());
  onTestFinished(() => server.stop() as Promise<void>);
  const { context, open } = await visit({}, server);
  await noteHeadings(context);
  const redirects = noteRedirects(context);
  await signIn(await open('/sign-in'));
  const [page, other] = [await open(), await open()];
  await Promise.all([isSignedIn(page), isSignedIn(other)]);

  await server.moveClock(15 * 86_400);
  await button(page, 'Refresh').click();
  await Promise.all([isSignedOut(page), isSignedOut(other)]);
  await page.getByText('Your session has expired.').waitFor();
  await page.waitForLoadState('networkidle');
  for (const tab of [page, other]) expect(await headingsOf(tab)).toEqual(['Hello, alice', 'Sign in']);
  expect(redirects.length).toBeLessThanOrEqual(context.pages().length); // one for each tab

  await page.reload();
  await isSignedOut(page);
  expect(await headingsOf(page)).toEqual(['Sign in']);
  await signIn(page);
  await isSignedIn(other);
});

test('no page sets a cookie', async () => {
  const { context, open } = await visit();
  await signIn(await open());
  const cookies = [`${cookieName}=${await sessionCookie(context)}`, `${cookieName}=${'0123'.repeat(16)}`, undefined];
  for (const cookie of cookies) {
    for (const path of ['/', '/sign-in']) {
      expect((await requestPage(path, cookie)).headers.getSetCookie()).toEqual([]);
    }
  }
});

test('a logout reaches the other tabs and the server components', async () => {
  const { context, open } = await visit();
  const page = await open();
  await signIn(page);
  const other = await open();
  await isSignedIn(other);
  const token = await sessionCookie(context);

  await button(page, 'Sign out').click();
  await Promise.all([isSignedOut(page), isSignedOut(other)]);
  expect(await sessionCookie(context)).toBeNull();
  const response = await requestPage('/', `${cookieName}=${token}`);
  expect([response.status, response.headers.get('location')]).toEqual([307, '/sign-in']);

  await signIn(page);
  await isSignedIn(other);
});

test('a route that is not tRPC is guarded', async () => {
  const { context, open } = await visit();
  await signIn(await open());
  const signedIn = await requestPage('/report', `${cookieName}=${await sessionCookie(context)}`);
  expect([signedIn.status, await signedIn.text()]).toEqual([200, 'A report for alice']);
  const refused = await requestPage('/report');
  expect([refused.status, refused.headers.get('www-authenticate')]).toEqual([401, 'Token realm="api"']);
});

test('no script, storage, answer or page holds the token', async () => {
  const { context, open } = await visit();
  const answers: Promise<string>[] = [];
  context.on('response', (response) => answers.push(response.text().catch(() => '')));
  const page = await open();
  const printed: string[] = [];
  page.on('console', (message) => printed.push(message.text()));
  await signIn(page);
  const tokens = [await sessionCookie(context)];
  await button(page, 'Refresh').click();
  await page.getByText('The session was refreshed.').waitFor();
  await page.getByPlaceholder('New name').first().fill('Rabbit hole');
  await page.getByRole('button', { name: 'Rename' }).first().click();
  await page.getByText('Rabbit hole', { exact: true }).waitFor();
  await page.reload();
  await isSignedIn(page);
  tokens.push(await sessionCookie(context));

  const seen = await page.evaluate<string>(
    '[document.cookie, JSON.stringify(localStorage), JSON.stringify(sessionStorage), document.documentElement.outerHTML].join()',
  );
  const stores = await page.evaluate(
    'Promise.all([indexedDB.databases(), caches.keys()]).then((found) => found.flat())',
  );
  expect(stores).toEqual([]);
  await button(page, 'Sign out').click();
  await isSignedOut(page);
  const all = [seen, ...printed, ...(await Promise.all(answers))].join('\n');
  expect(all).toContain('Rabbit hole');
  for (const token of tokens) {
    expect(token).toMatch(/^[0-9a-f]{64}$/);
    expect(all).not.toContain(token);
  }
});

test('the pages fit phones and have no barriers', async () => {
  const { open } = await visit();
  const page = await open();
  const faults = await faultsInLooks(page, 'next-sign-in');
  await signIn(page);
  faults.push(...(await faultsInLooks(page, 'next-home')));
  expect(faults).toEqual([]);
});

test('another device is signed out', async () => {
  const { context, open } = await visit();
  await signIn(await open());
  const page = await (await visit()).open();
  await signIn(page);
  const others = page.getByRole('listitem').filter({ hasNotText: 'This device' });
  for (let count = await others.count(); count > 0; count -= 1) {
    await others.first().getByRole('button', { name: 'Sign out' }).click();
    await expect.poll(() => others.count()).toBe(count - 1);
  }
  const cookie = `${cookieName}=${await sessionCookie(context)}`;
  expect((await requestPage('/', cookie)).headers.get('location')).toBe('/sign-in');
});

test('the example for Next.js has one copy of React', async () => {
  const { folder } = example();
  expect(await copiesOf('react', folder)).toEqual([join(folder, 'node_modules/react')]);
});

test('the types of the example for Next.js are right', async () => {
  expect(await example().npmRun('check')).toEqual({ code: 0, output: expect.stringContaining('generated') });
});
