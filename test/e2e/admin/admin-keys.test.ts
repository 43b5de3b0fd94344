import type { Browser, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { password } from '../../support/app.ts';
import { faultsInLooks } from '../../support/browser/appearance.ts';
import { connectToChromium, openVisitor, type Visitor } from '../../support/browser/chromium.ts';
import { type KeysAdmin, openKeysAdmin } from '../../support/browser/keys-admin-server.ts';
import { button, choose, field, fillIn, goTo, heading, hintOf, link, row } from './admin-visit.ts';

let browser: Browser;
let app: KeysAdmin;
let visitor: Visitor;
let page: Page;
beforeAll(async () => {
  [browser, app] = await Promise.all([connectToChromium(), openKeysAdmin()]);
  visitor = await openVisitor(browser, app.url);
  visitor.context.setDefaultTimeout(30_000);
  page = await visitor.open('/admin/');
  await button(page, 'Sign in').waitFor({ timeout: 50_000 }); // at the first visit the browser compiles the scripts
  await fillIn(page, { username: 'alice', password });
  await heading(page, 'Usage').waitFor();
});
afterAll(() => Promise.all([browser.close(), app.close()]));
beforeEach(async () => {
  await app.durin.tokens.revokeAll({ user: 2 });
});
afterEach(expectNoFaults);

function expectNoFaults(): void {
  expect(visitor.faults).toEqual([]);
}

/** Issues bob a key that may read. */
const issueKey = (name: string) => app.durin.tokens.issue({ user: 2, client: 'api', name, scopes: ['read'] });

async function openTokens(): Promise<void> {
  await goTo(page, '/');
  await heading(page, 'Usage').waitFor();
  await goTo(page, '/tokens?filter={}&page=1&perPage=25&sort=created&order=DESC');
  await heading(page, 'Tokens').waitFor();
}

async function openToken(name: string): Promise<void> {
  await openTokens();
  await link(page, name).click();
  await heading(page, name).waitFor();
}

async function openPolicies(): Promise<void> {
  await goTo(page, '/');
  await page.getByRole('menuitem', { name: 'Policies' }).click();
  await row(page, 'app.read').waitFor();
}

/** The value of a term in the view of a token. */
const detail = (term: string) => page.locator(`dt:text-is("${term}") + dd`);

test('an API key is issued with a name and scopes, and shown once', async () => {
  await openTokens();
  await link(page, 'Issue a token').click();
  await heading(page, 'Issue a token').waitFor();
  await page.getByRole('combobox', { name: 'User' }).fill('bob');
  await page.getByRole('option', { name: 'bob', exact: true }).click();
  await choose(page, 'Client', 'api (API keys)');
  await field(page, 'Name').fill('Build server');
  await page.getByRole('radio', { name: 'Only some' }).check();
  await field(page, 'write').waitFor();
  expect(await page.getByRole('checkbox').count()).toBe(2); // the app has a third scope, which the client does not allow
  await button(page, 'Issue token').click();
  await page.getByText('Choose at least one scope.').waitFor();
  expect(await faultsInLooks(page, 'admin-key-issue')).toEqual([]);
  await field(page, 'read').check();
  await button(page, 'Issue token').click();
  await page.getByText('Its scopes: read.').waitFor();
  expect(await faultsInLooks(page, 'admin-key-issued')).toEqual([]);
  const key = await field(page, 'API key').inputValue();
  expect(await field(page, 'Header of every call').inputValue()).toBe(`Authorization: Token ${key}`);
  await app.callWith(key).read();
  await expect(app.callWith(key).write()).rejects.toMatchObject({ durin: { code: 'INSUFFICIENT_SCOPE' } });

  await link(page, 'All tokens').click();
  const preview = `${key.slice(0, 9)}…${key.slice(-4)}`;
  await expect.poll(() => row(page, 'Build server').innerText()).toMatch(/bob\s+api\s+API key\s+Build server/);
  expect(await row(page, 'Build server').innerText()).toContain(preview);
  expect(await row(page, 'alice').innerText()).not.toContain('API key');
  expect(await page.content()).not.toContain(key);
});

test('a key that its user cannot have is refused with the reason', async () => {
  for (const name of ['one', 'two']) await issueKey(name);
  await openTokens();
  await link(page, 'Issue a token').click();
  await page.getByRole('combobox', { name: 'User' }).fill('bob');
  await page.getByRole('option', { name: 'bob', exact: true }).click();
  await choose(page, 'Client', 'api (API keys)');
  await field(page, 'Name').fill('One');
  await button(page, 'Issue token').click();
  await expect.poll(() => hintOf(page, 'Name')).toBe('The user has a key with that name.');
  await issueKey('three');
  await field(page, 'Name').fill('four');
  await button(page, 'Issue token').click();
  await page.getByText('The user has as many API keys as the client allows.').waitFor();
});

test('a key is rolled, and both keys say so until the new one is used', async () => {
  const old = await issueKey('Build server');
  await openToken('Build server');
  expect(await detail('Client').innerText()).toMatch(/^api\s+API key$/);
  expect(await detail('Scopes').innerText()).toBe('read');
  await button(page, 'Roll…').click();
  await field(page, 'Overlap').fill('soon');
  await page.keyboard.press('Enter');
  await expect.poll(() => hintOf(page, 'Overlap')).toMatch(/^Enter a duration such as 24h, 7d or 0s/);
  expect(await faultsInLooks(page, 'admin-key-roll')).toEqual([]);
  await field(page, 'Overlap').fill('2h');
  await button(page, 'Roll key').click();
  const key = await field(page, 'API key').inputValue();
  await detail('Replaced by').waitFor();
  expect(await faultsInLooks(page, 'admin-key-rolled')).toEqual([]);

  await openTokens();
  await row(page, 'being replaced').waitFor();
  await row(page, 'not used yet').waitFor();
  expect(await faultsInLooks(page, 'admin-key-list')).toEqual([]);
  await app.callWith(old.token).read();
  await app.callWith(key).read();
  await openTokens();
  await page.reload();
  await row(page, 'in 2 hours').waitFor();
  expect(await page.getByText(/^(?:being replaced|not used yet)$/).count()).toBe(0);
});

test('rolling a key again warns that the unused new key ends', async () => {
  const { auth } = await issueKey('Backup');
  await goTo(page, `/tokens/${auth.id}/show`);
  await heading(page, 'Backup').waitFor();
  await button(page, 'Roll…').click();
  await button(page, 'Roll key').click();
  const lost = await field(page, 'API key').inputValue();
  await detail('Replaced by').waitFor();
  await button(page, 'Roll…').click();
  await page.getByText('its new key was not used yet. That one ends.').waitFor();
  await button(page, 'Roll key').click();
  await expect.poll(() => field(page, 'API key').inputValue()).not.toBe(lost);
  await expect(app.callWith(lost).read()).rejects.toMatchObject({ durin: { code: 'INVALID_TOKEN' } });
});

test('a key is renamed, unless its user has one with that name', async () => {
  const { token } = await issueKey('Staging server');
  await issueKey('Backup');
  await openToken('Staging server');
  await button(page, 'Rename…').click();
  expect(await page.evaluate<string>('document.activeElement.value')).toBe('Staging server');
  await field(page, 'Name').fill('backup');
  await page.keyboard.press('Enter');
  await expect.poll(() => hintOf(page, 'Name')).toBe('The user has a key with that name.');
  expect(await faultsInLooks(page, 'admin-key-rename')).toEqual([]);
  await field(page, 'Name').fill('Nightly export');
  await button(page, 'Rename key').click();
  await heading(page, 'Nightly export').waitFor();
  await app.callWith(token).read();
});

test('the client of API keys has no limit of sessions', async () => {
  await goTo(page, '/clients');
  await row(page, 'api').getByText('API keys').waitFor();
  await link(page, 'api').click();
  await page.getByText('Its tokens are API keys.').waitFor();
  expect(await field(page, 'Sessions per user').count()).toBe(0);
  expect(await faultsInLooks(page, 'admin-key-client')).toEqual([]);
  await field(page, 'Request rate').fill('77/m');
  await button(page, 'Save').click();
  await page.getByText('Client api saved.').waitFor();
  expect(await app.durin.clients.list()).toContainEqual(expect.objectContaining({ name: 'api', throttleRate: '77/m' }));
});

test('a token that was never used says where it was created', async () => {
  const server = app.durin.durinRouter.createCaller(
    app.durin.createContext({ req: { headers: {}, socket: { remoteAddress: '192.0.2.7' } } }),
  );
  await server.login({ username: 'bob', password, client: 'web' });
  await openTokens();
  await row(page, '192.0.2.7').getByRole('link').click();
  await expect.poll(() => detail('Created from').innerText()).toContain('192.0.2.7');
  expect(await detail('Last used from').count()).toBe(0);
});

test('a key is revoked in its view', async () => {
  const { token } = await issueKey('Backup');
  await openToken('Backup');
  await button(page, 'Revoke… the API key of bob on api, Backup').click();
  await page.getByText('The key stops working immediately').waitFor();
  await page.getByText('Only this API key, Backup, on api').waitFor();
  expect(await faultsInLooks(page, 'admin-key-revoke')).toEqual([]);
  await button(page, 'Revoke').click();
  await page.getByText('The API key of bob on api was revoked.').waitFor();
  await heading(page, 'Tokens').waitFor();
  await expect(app.callWith(token).read()).rejects.toMatchObject({ durin: { code: 'INVALID_TOKEN' } });
});

test('the view of a session shows its rights, and no roll or rename', async () => {
  const { auth } = await app.durin.tokens.issue({ user: 2, client: 'web' });
  await goTo(page, `/tokens/${auth.id}/show`);
  await heading(page, 'The token of bob').waitFor();
  expect(await detail('Scopes').innerText()).toBe('all that its client and its user have');
  for (const name of ['Roll…', 'Rename…']) expect(await button(page, name).count()).toBe(0);
  expect(await faultsInLooks(page, 'admin-session')).toEqual([]);
});

test('the view of a token that is gone says so', async () => {
  await goTo(page, '/tokens/00000000-0000-4000-8000-000000000000/show');
  await page.getByText('No token with that id.').waitFor();
});

test('policies are listed, and open procedures stand out', async () => {
  await openPolicies();
  expect(await row(page, 'app.open').innerText()).toMatch(/app\.open\s+query\s+open\s+–/);
  expect(await row(page, 'app.either').innerText()).toMatch(/query\s+guarded\s+all\s+yes\s+one of write, admin/);
  expect(await row(page, 'app.fromApi').innerText()).toMatch(/query\s+guarded\s+api/);
  expect(await row(page, 'app.search').innerText()).toContain('100/m');
  await page.getByText(/^\d+ procedures: \d+ open, \d+ optional, \d+ guarded$/).waitFor();
  expect(await faultsInLooks(page, 'admin-policies')).toEqual([]);
});

test('policies are filtered', async () => {
  await openPolicies();
  const status = page.getByRole('status');
  await field(page, 'Search by path').fill('APP.');
  await choose(page, 'Scope', 'write');
  await status.filter({ hasText: '2 procedures: 0 open, 0 optional, 2 guarded' }).waitFor();
  await choose(page, 'Scope', 'Any scope');
  await choose(page, 'Guard', 'Open: everyone');
  await row(page, 'app.open').waitFor();
  await choose(page, 'Guard', 'All guards');
  await choose(page, 'Client', 'cli');
  await row(page, 'app.fromApi').waitFor({ state: 'detached' });
  await field(page, 'Search by path').fill('nothing like it');
  await page.getByText('No procedures match.').waitFor();
  expect(await faultsInLooks(page, 'admin-policies-none')).toEqual([]);
  await button(page, 'Clear filters').click();
  await row(page, 'app.fromApi').waitFor();
});
