import type { Page } from 'playwright-core';
import { afterEach, beforeAll, expect, test } from 'vitest';
import { button, choose, goTo, heading, row, sortBy, useAdminPage } from '../e2e/admin/admin-visit.ts';
import { watchCalls } from '../e2e/browser/watched-calls.ts';
import { plantMillion, tokenCount, userCount } from './million-tokens.ts';

const { quickstart, at } = useAdminPage();

beforeAll(async () => {
  const startedAt = performance.now();
  await plantMillion(quickstart());
  console.log(`${tokenCount.toLocaleString('en')} tokens planted in ${Math.round(performance.now() - startedAt)} ms`);
}, tokenCount / 5);

let watched: Awaited<ReturnType<typeof watchCalls>> | undefined;

/** The page at one of its views, and what it does from then on. */
async function open(view: '/' | '/tokens') {
  const page = await at(view);
  watched ??= await watchCalls(quickstart(), page);
  watched.startAnew();
  return { page, ...watched, to: leadsTo.bind(null, page, watched.measure) };
}

afterEach(() => console.log(watched?.waits.map(({ name, ms }) => `${ms} ms: ${name}`).join('\n')));

/** Asks the database what the page should show; by the comment it is told from what the page's server sends. */
async function query<T>(sql: string, parameters: readonly unknown[] = []): Promise<T[]> {
  return quickstart()
    .orm.em.getConnection()
    .execute(`/* expected */ ${sql}`, parameters as unknown[]) as Promise<T[]>;
}

interface Listing {
  where?: string;
  order?: string;
  offset?: number;
  limit?: number;
}

/** Whose tokens the database says are on a page, and for which client. No user has two for one client. */
async function listed({ where = 'true', order = 't.created desc, t.id desc', offset = 0, limit = 25 }: Listing) {
  const isNarrowed = where !== 'true'; // then they are taken first, whatever comes first in the order
  const rows = await query<{ username: string; client: string }>(
    `with t as ${isNarrowed ? '' : 'not'} materialized (
       select u.username, c.name as client, t.id, t.created, t.expiry, l.last_used_at from durin_auth_token t
       join durin_token_use l on l.token_id = t.id join quickstart_user u on u.id = t.user_id join durin_client c on c.id = t.client_id where ${where})
     select username, client from t order by ${order} limit ${limit} offset ${offset}`,
  );
  return rows.map(({ username, client }) => `${username} ${client}`);
}

/** The same, as the page shows it. Below the client there may be a badge. */
function shown(page: Page): Promise<string[]> {
  return page.evaluate<string[]>(
    `[...document.querySelectorAll('tbody tr')].map(({ cells }) => cells[0].innerText + ' ' + cells[1].innerText.split(/\\s/, 1))`,
  );
}

type Measure = Awaited<ReturnType<typeof watchCalls>>['measure'];

/** Measures what leads to the rows that the database says. */
async function leadsTo(page: Page, measure: Measure, name: string, act: () => Promise<unknown>, listing: Listing) {
  const expected = await listed(listing);
  expect(expected.length).toBeGreaterThan(0);
  await measure(name, act, () => expect.poll(() => shown(page), { interval: 20 }).toEqual(expected));
}

const next = (page: Page) => button(page, 'Go to next page').click();
const previous = (page: Page) => button(page, 'Go to previous page').click();
const search = (page: Page, text: string) => page.getByPlaceholder('Search by user').fill(text);

test('a million tokens are paged forth and back', async () => {
  const { page, to, faults } = await open('/tokens');
  for (const number of [1, 2, 3, 4, 5]) {
    await to(`page ${number + 1}`, () => next(page), { offset: 25 * number });
  }
  for (const number of [5, 4]) {
    await to(`back to page ${number}`, () => previous(page), { offset: 25 * (number - 1) });
  }
  await to('a hundred a page', () => choose(page, 'Rows per page:', '100'), { limit: 100 });
  await to('the second hundred', () => next(page), { limit: 100, offset: 100 });
  expect(await faults()).toEqual([]);
});

test('they are sorted by each column, upwards and downwards', async () => {
  const { page, to, faults } = await open('/tokens');
  const by = (column: string) => () => sortBy(page, column);
  await to('the oldest', by('Created'), { order: 't.created, t.id' });
  await to('the second page of the oldest', () => next(page), { order: 't.created, t.id', offset: 25 });
  await to('those that expire first', by('Expires'), { order: 't.expiry, t.id' });
  await to('those that never expire', by('Expires'), { order: 't.expiry desc, t.id desc' });
  const leastUsed = 't.last_used_at nulls first, t.id';
  await to('those that were never used', by('Last used'), { order: leastUsed });
  await to('more of them', () => next(page), { order: leastUsed, offset: 25 });
  // Tokens that were never used may have no row in the table of uses, so both tables are scanned for them.
  expect((await faults()).filter((statement) => !statement.includes('t.last_used_at is null'))).toEqual([]);
});

test('they are narrowed to a client and a state, also if few match', async () => {
  const { page, to, faults } = await open('/tokens');
  const isExpired = 't.expiry <= now()';
  await to('expired ones, the newest first', () => choose(page, 'State', 'Expired'), { where: isExpired });
  await to('the second page of them', () => next(page), { where: isExpired, offset: 25 });
  const ofPartner = `${isExpired} and c.name = 'partner-07'`;
  await to('expired ones of a client', () => choose(page, 'Client', 'partner-07'), { where: ofPartner });
  const byUse = { where: ofPartner, order: 't.last_used_at nulls first, t.id' };
  await to('those that were never used', () => sortBy(page, 'Last used'), byUse);
  await choose(page, 'Client', 'cli');
  await page.getByText('No tokens match.').waitFor(); // of cli, none expires
  await button(page, 'Clear filters').click();
  const unused = { where: "c.name = 'cli'", order: 't.last_used_at nulls first, t.id' };
  await to("a client's, those that were never used", () => choose(page, 'Client', 'cli'), unused);
  const ofCli = { where: "c.name = 'cli'", order: 't.expiry nulls last, t.id' };
  await to('a client whose tokens never expire, by expiry', () => sortBy(page, 'Expires'), ofCli);
  const byExpiry = { where: "c.name = 'partner-07'", order: 't.expiry, t.id' };
  await to('another client', () => choose(page, 'Client', 'partner-07'), byExpiry);
  const valid = { ...byExpiry, where: "c.name = 'partner-07' and t.expiry > now()" };
  await to('its valid ones', () => choose(page, 'State', 'Valid'), valid);
  await to('the second page of them', () => next(page), { ...valid, offset: 25 });
  expect((await faults()).filter((statement) => !statement.includes('t.last_used_at is null'))).toEqual([]);
});

test('they are searched by the names of fifty thousand users', async () => {
  const { page, to, measure, faults } = await open('/tokens');
  const named = "u.username like '%user4999%'";
  await to('tokens of the users named like user4999', () => search(page, 'USER4999'), { where: named });
  await to('more of them', () => next(page), { where: named, offset: 25 });
  const expired = `${named} and t.expiry <= now()`;
  await to('their expired ones', () => choose(page, 'State', 'Expired'), { where: expired });
  await measure(
    'a name that many have',
    () => search(page, 'user'),
    () => page.getByText(/^The search matches too many users/).waitFor(),
  );
  await measure(
    'a name that none has',
    () => search(page, 'nobody'),
    () => page.getByText('No tokens match.').waitFor(),
  );
  expect(await faults()).toEqual([]);
});

test('their usage by client and by day reads the table once each', async () => {
  const { page, measure, faults } = await open('/');
  const each = userCount.toLocaleString('en');
  await row(page, /^web/).waitFor();
  expect(await row(page, /^web/).innerText()).toMatch(new RegExp(`^web\\s+${each}\\s+[\\d,]+\\s+[\\d,]+\\s+[\\d,]+$`));
  expect(await page.locator('dl').innerText()).toContain((tokenCount + 1).toLocaleString('en')); // and the admin's own
  const figure = page.getByRole('figure', { name: /tokens were issued/ });
  for (const days of [90, 365, 7]) {
    const [sum] = await query<{ issued: number }>(
      `select count(*)::float8 as issued from durin_auth_token
       where created >= date_trunc('day', now(), 'UTC') - ? * interval '24 hours'`,
      [days - 1],
    );
    const told = new RegExp(`^In ${days} days, ${sum?.issued} tokens were issued`);
    await measure(
      `use in ${days} days`,
      () => choose(page, 'Period', `${days} days`),
      () => expect.poll(() => figure.getAttribute('aria-label'), { interval: 20 }).toMatch(told),
    );
  }
  expect(await faults()).toEqual([]);
});

test('clients are listed with the numbers of their tokens', async () => {
  const { page, measure, faults } = await open('/tokens');
  await measure(
    'clients',
    async () => {
      await goTo(page, '/clients?filter={}&page=1&perPage=25&sort=name&order=ASC');
      await heading(page, 'Clients').waitFor();
    },
    () => row(page, 'partner-16').getByText(userCount.toLocaleString('en')).waitFor(),
  );
  await measure(
    'clients by their tokens',
    () => sortBy(page, 'Tokens'),
    () => expect.poll(() => page.locator('tbody tr').first().innerText(), { interval: 20 }).toMatch(/^api\s/),
  );
  expect(await faults()).toEqual([]);
});
