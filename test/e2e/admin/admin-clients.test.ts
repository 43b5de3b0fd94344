import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { User } from '../../../examples/quickstart/entities.ts';
import { faultsInLooks, screenshotFolder } from '../../support/browser/appearance.ts';
import {
  button,
  field,
  firstColumn,
  goTo,
  heading,
  hintOf,
  link,
  plantTokens,
  row,
  sortBy,
  useAdminPage,
} from './admin-visit.ts';

const { quickstart, at } = useAdminPage();

async function openClient(name: string) {
  const page = await at('/clients');
  await link(page, name).click();
  await heading(page, name).waitFor();
  return page;
}

const names = async () => (await quickstart().auth.clients.list()).map(({ name }) => name);

test('a client is created, edited and deleted', async () => {
  const page = await at('/clients');
  await row(page, 'web').waitFor();
  expect(await faultsInLooks(page, 'admin-clients')).toEqual([]);
  expect(await row(page, 'web').innerText()).toMatch(
    /14 days\s+at most 3 days unused, 90 days in all\s+1,000 per hour/,
  );
  expect(await row(page, 'cli').innerText()).toMatch(/never expires\s+default rate/);

  await link(page, 'New client').click();
  await heading(page, 'New client').waitFor();
  await field(page, 'Name').fill('mobile');
  await field(page, 'Token lifetime').fill('90d');
  await button(page, 'Create client').click();
  await page.getByText('Client mobile created.').waitFor();
  expect(await row(page, 'mobile').innerText()).toMatch(/90 days\s+default rate\s+0/);

  await link(page, 'mobile').click();
  await heading(page, 'mobile').waitFor();
  expect(await field(page, 'Token lifetime').inputValue()).toBe('90d');
  await field(page, 'Name').fill('app');
  await field(page, 'Token lifetime').fill('never');
  await field(page, 'Request rate').fill('100/m');
  await button(page, 'Save').click();
  await page.getByText('Client app saved.').waitFor();
  await expect.poll(() => row(page, 'app').innerText()).toMatch(/never expires\s+100 per minute/);
  expect(await quickstart().auth.clients.list()).toContainEqual(
    expect.objectContaining({ name: 'app', tokenTtl: null, throttleRate: '100/m' }),
  );

  await link(page, 'app').click();
  await page.getByText('It has no tokens.', { exact: true }).waitFor();
  await button(page, 'Delete client…').click();
  await page.getByText('It has no tokens, so nobody is signed out. This cannot be undone.').waitFor();
  await page.keyboard.press('Escape');
  await button(page, 'Delete client…').click();
  await button(page, 'Delete client').click();
  await page.getByText('Client app deleted.').waitFor();
  await row(page, 'app').waitFor({ state: 'detached' }); // the old list is shown until the new one has loaded
  await row(page, 'web').waitFor();
  expect(await names()).not.toContain('app');
});

test('saving keeps what another admin changed meanwhile', async () => {
  const { auth } = quickstart();
  await auth.clients.create({ name: 'shared', tokenTtl: '1d', throttleRate: '5/m' });
  onTestFinished(async () => void (await auth.clients.delete('shared')));
  const actions: unknown[] = [];
  onTestFinished(auth.events.on('adminAction', ({ by: _by, ...action }) => actions.push(action)));
  const page = await openClient('shared');
  await auth.clients.update('shared', { throttleRate: '7/m' });
  await field(page, 'Token lifetime').fill('2d');
  await button(page, 'Save').click();
  await page.getByText('Client shared saved.').waitFor();
  await expect.poll(() => row(page, 'shared').innerText()).toMatch(/2 days\s+7 per minute/);
  expect(actions).toEqual([{ action: 'client-updated', client: 'shared', changes: { tokenTtl: 172_800 } }]);
});

test('a client that is loaded late leaves what was typed meanwhile', async () => {
  const { auth } = quickstart();
  await auth.clients.create({ name: 'late', tokenTtl: '1d', throttleRate: '5/m' });
  onTestFinished(async () => void (await auth.clients.delete('late')));
  const page = await at('/clients');
  await link(page, 'late').waitFor(); // the form shows this row until it has loaded the client
  await auth.clients.update('late', { throttleRate: '7/m' });
  const { promise: isTyped, resolve: answer } = Promise.withResolvers<void>();
  const calls = '**/admin/api/*clients.get*';
  onTestFinished(() => page.context().unroute(calls));
  await page.context().route(calls, async (route) => {
    await isTyped;
    await route.continue();
  });
  await link(page, 'late').click();
  await field(page, 'Token lifetime').fill('2d');
  answer();
  await expect.poll(() => field(page, 'Request rate').inputValue()).toBe('7/m');
  expect(await field(page, 'Token lifetime').inputValue()).toBe('2d');
  await button(page, 'Save').click();
  await page.getByText('Client late saved.').waitFor();
  expect(await auth.clients.list()).toContainEqual(
    expect.objectContaining({ name: 'late', tokenTtl: 172_800, throttleRate: '7/m' }),
  );
});

test('a client of any name is opened, renamed and deleted', async () => {
  const { auth } = quickstart();
  for (const name of ['create', '..', '%2F', 'a/b', '~63', '<i>ü</i>']) {
    await auth.clients.create({ name });
    const page = await openClient(name);
    await field(page, 'Name').fill(` ${name}! `);
    await button(page, 'Save').click();
    await page.getByText(`Client ${name}! saved.`).waitFor();
    await openClient(`${name}!`);
    await button(page, 'Delete client…').click();
    await button(page, 'Delete client').click();
    await page.getByText(`Client ${name}! deleted.`).waitFor();
  }
  expect((await names()).toSorted()).toEqual(['admin', 'api', 'cli', 'web']);
});

test('invalid input shows an error at its field', async () => {
  const page = await at('/clients');
  await link(page, 'New client').click();
  await button(page, 'Create client').click();
  await expect.poll(() => hintOf(page, 'Name')).toBe('This field may not be blank.');
  await field(page, 'Name').fill('web');
  await field(page, 'Token lifetime').fill('a while');
  await field(page, 'Request rate').fill('often');
  await button(page, 'Create client').click();
  await expect
    .poll(() => hintOf(page, 'Token lifetime'))
    .toBe('Enter a duration such as 14d, 12h, 30m or 45s, up to 68 years, or never, or leave the field empty.');
  expect(await hintOf(page, 'Request rate')).toBe(
    'Enter a rate such as 5/s, 100/m, 1000/h or 10000/d, or leave the field empty.',
  );
  expect(await field(page, 'Request rate').getAttribute('aria-invalid')).toBe('true');
  expect(await faultsInLooks(page, 'admin-client-refused')).toEqual([]);
  await field(page, 'Token lifetime').fill('1d');
  await field(page, 'Request rate').fill('');
  await button(page, 'Create client').click();
  await expect.poll(() => hintOf(page, 'Name')).toMatch(/already exists/);

  await goTo(page, '/clients/web');
  await heading(page, 'web').waitFor();
  await field(page, 'Token lifetime').fill('');
  await button(page, 'Save').click();
  await expect.poll(() => hintOf(page, 'Token lifetime')).toMatch(/, or never\.$/);
  await field(page, 'Token lifetime').fill('14d');
  await field(page, 'Name').fill('cli');
  await button(page, 'Save').click();
  await expect.poll(() => hintOf(page, 'Name')).toMatch(/already exists/);
  expect(await names()).toContain('web');
});

test('the dialog before a deletion shows how many tokens are revoked', async () => {
  await plantTokens(quickstart(), 1200);
  const page = await at('/clients');
  await link(page, 'cli').click();
  await link(page, '1,200 tokens').waitFor();
  expect(await faultsInLooks(page, 'admin-client')).toEqual([]);
  await button(page, 'Delete client…').click();
  await page.getByText('Its 1,200 tokens are revoked immediately.').waitFor();
  expect(await faultsInLooks(page, 'admin-client-delete')).toEqual([]);
  await button(page, 'Cancel').click();
  expect(await names()).toContain('cli');
});

test('the client that the page signs in through is marked', async () => {
  const page = await openClient('admin');
  await page.getByText('Admins sign in to this page through this client.').waitFor();
  await openClient('cli');
  expect(await page.getByText('Admins sign in to this page through this client.').count()).toBe(0);
});

test('long and right-to-left names fit', async () => {
  const { auth, orm } = quickstart();
  const clients = ['y'.repeat(64), 'تطبيق الهاتف (2)'];
  const users = ['x'.repeat(120), 'مريم العذراء (1)'];
  for (const name of clients) await auth.clients.create({ name });
  for (const username of users) {
    const em = orm.em.fork();
    const user = em.create(User, { username, passwordHash: 'no hash' });
    await em.flush();
    for (const client of [...clients, 'cli']) await auth.tokens.issue({ user: user.id, client: client as 'cli' });
  }
  const page = await at('/');
  await page.reload(); // usage is counted once per visit
  await row(page, clients[0] ?? '').waitFor();
  expect(await faultsInLooks(page, 'admin-names-usage')).toEqual([]);
  await goTo(page, '/clients');
  await link(page, clients[0] ?? '').waitFor();
  expect(await faultsInLooks(page, 'admin-names-clients')).toEqual([]);
  await goTo(page, '/tokens');
  await row(page, users[0] ?? '')
    .first()
    .waitFor();
  expect(await faultsInLooks(page, 'admin-names-tokens', { alsoZoomed: true })).toEqual([]);
  await page.setViewportSize({ width: 360, height: 740 });
  await page.getByText('created just now, never used').first().waitFor();
  await page.setViewportSize({ width: 1280, height: 720 });
  await button(page, `Revoke… the token of ${users[0]} on ${clients[0]}`).click();
  await page.getByRole('dialog').waitFor();
  await page.setViewportSize({ width: 360, height: 740 });
  const cutOff =
    "(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)(document.querySelector('[role=dialog]'))";
  await expect.poll(() => page.evaluate(cutOff)).toBe(0);
  await page.screenshot({ path: join(screenshotFolder, 'admin-names-revoke-narrow.png') });
  await page.setViewportSize({ width: 1280, height: 720 });
  await button(page, 'Cancel').click();
  await goTo(page, '/clients');
  await link(page, clients[0] ?? '').click();
  await heading(page, clients[0] ?? '').waitFor();
  expect(await faultsInLooks(page, 'admin-names-client')).toEqual([]);
  for (const name of clients) await auth.clients.delete(name);
}, 120_000); // five views at every width

test('clients are searched, sorted and paged', async () => {
  const { auth } = quickstart();
  for (let index = 10; index < 40; index += 1) await auth.clients.create({ name: `partner-${index}` });
  const page = await at('/clients');
  await page.getByText('1-25 of 34').waitFor();
  await expect.poll(async () => (await firstColumn(page)).slice(0, 4)).toEqual(['admin', 'api', 'cli', 'partner-10']);
  await button(page, 'Go to next page').click();
  await page.getByText('26-34 of 34').waitFor();
  await expect.poll(async () => (await firstColumn(page)).at(-1)).toBe('web');

  await page.getByPlaceholder('Search by name').fill('NER-1');
  await page.getByText('1-10 of 10').waitFor();
  await sortBy(page, 'Name');
  await expect.poll(async () => (await firstColumn(page))[0]).toBe('partner-19');

  await page.getByPlaceholder('Search by name').fill('nothing like it');
  await page.getByText('No clients match your search.').waitFor();
  expect(await faultsInLooks(page, 'admin-clients-none')).toEqual([]);
  await button(page, 'Clear filters').click();
  await page.getByText('1-25 of 34').waitFor();
});

test('an unknown client shows an error instead of a form', async () => {
  const page = await at('/clients');
  await goTo(page, '/clients/nobody');
  await page.getByText('No client with that name.').waitFor();
  expect(await page.getByRole('textbox').count()).toBe(0);
});

test("an unknown address shows a view of the page's own, in its font", async () => {
  const page = await at('/');
  await goTo(page, '/nowhere');
  await heading(page, 'Not found').waitFor();
  const fonts = await page.evaluate<string[]>(
    "[...document.querySelectorAll('main *')].map((element) => getComputedStyle(element).fontFamily)",
  );
  expect(new Set(fonts)).toEqual(new Set([await page.evaluate('getComputedStyle(document.body).fontFamily')]));
  expect(await faultsInLooks(page, 'admin-not-found')).toEqual([]);
  await link(page, 'Go to the start').click();
  await heading(page, 'Usage').waitFor();
});

test('a list that is loading, or cannot be loaded, says so', async () => {
  const page = await at('/');
  const { promise: isSeen, resolve: goOn } = Promise.withResolvers<void>();
  onTestFinished(() => page.context().unroute('**/admin/api/*clients.list*'));
  await page.context().route('**/admin/api/*clients.list*', async (route) => {
    await isSeen;
    await route.abort();
  });
  await page.reload();
  await goTo(page, '/clients');
  await heading(page, 'Clients').waitFor();
  await page.getByLabel('Loading').waitFor();
  expect(await faultsInLooks(page, 'admin-clients-loading')).toEqual([]);
  goOn();
  await page.getByText('The server cannot be reached.').first().waitFor();
  expect(await faultsInLooks(page, 'admin-clients-failed')).toEqual([]);
  await page.context().unroute('**/admin/api/*clients.list*');
  await button(page, 'Try again').click();
  await row(page, 'cli').waitFor();
});

test('on a phone the search is as wide as the list', async () => {
  const page = await at('/clients');
  onTestFinished(() => page.setViewportSize({ width: 1280, height: 720 }));
  await page.setViewportSize({ width: 360, height: 740 });
  await page.getByText('no tokens · created').first().waitFor(); // rows instead of a table
  async function expectSameWidth(placeholder: string): Promise<void> {
    const search = page.locator('.MuiInputBase-root').filter({ has: page.getByPlaceholder(placeholder) });
    const [ofSearch, ofCard] = await Promise.all([search.boundingBox(), page.locator('.MuiCard-root').boundingBox()]);
    expect(ofSearch).toMatchObject({ x: ofCard?.x, width: ofCard?.width });
  }
  await expectSameWidth('Search by name');
  await goTo(page, '/tokens');
  await page
    .getByText(/ago, |just now, /)
    .first()
    .waitFor();
  await expectSameWidth('Search by user');
});

test('at a zoom of 200 % the heading keeps its line', async () => {
  const page = await at('/tokens');
  onTestFinished(() => page.setViewportSize({ width: 1280, height: 720 }));
  await page.setViewportSize({ width: 640, height: 400 });
  expect((await heading(page, 'Tokens').boundingBox())?.height).toBeLessThan(40);
});
