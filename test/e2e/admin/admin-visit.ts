import type { Page } from 'playwright-core';
import { afterEach, beforeAll, expect } from 'vitest';
import { demoAdmin } from '../../../examples/quickstart/database.ts';
import { openVisitor, type Visitor } from '../../support/browser/chromium.ts';
import type { Quickstart } from '../../support/browser/quickstart-server.ts';
import { plantedTokens } from '../../support/planting/planted-tokens.ts';
import { useQuickstart } from '../quickstart/quickstart-visit.ts';

const views = {
  '/': 'Usage',
  '/clients': 'Clients',
  '/tokens': 'Tokens',
} as const;

/** Resets the filters and the sorting, which the page remembers. */
const initialQueries = {
  '/': '',
  '/clients': '?filter={}&page=1&perPage=25&sort=name&order=ASC',
  '/tokens': '?filter={}&page=1&perPage=25&sort=created&order=DESC',
} as const;

/** Opens the quickstart and one tab with its admin page for the tests of a file. Fails on errors and foreign requests. */
export function useAdminPage() {
  const { quickstart, browser, visit } = useQuickstart();
  const hosts = new Set<string>();
  let visitor: Visitor;
  let page: Page;
  beforeAll(async () => {
    visitor = await openVisitor(browser(), quickstart().url);
    visitor.context.setDefaultTimeout(30_000);
    visitor.context.on('request', (request) => hosts.add(new URL(request.url()).host));
    page = await visitor.open('/admin/');
    await button(page, 'Sign in').waitFor({ timeout: 50_000 }); // at the first visit the browser compiles the scripts
  });
  afterEach(() => {
    expect(visitor.faults).toEqual([]);
    expect([...hosts]).toEqual([new URL(quickstart().url).host]);
  });

  return {
    quickstart,
    visit,
    /** Shows the sign-in form. */
    async signedOut(): Promise<Page> {
      const signOut = button(page, 'Sign out');
      await signOut.or(button(page, 'Sign in')).waitFor();
      if (await signOut.isVisible()) await signOut.click();
      await button(page, 'Sign in').waitFor();
      return page;
    },
    /** Shows a view, signed in as the demo's admin. */
    async at(view: keyof typeof views): Promise<Page> {
      const isSignedOut = await button(page, 'Sign in').isVisible();
      if (isSignedOut) await fillIn(page);
      await button(page, 'Sign out').waitFor();
      await goTo(page, '/');
      await heading(page, 'Usage').waitFor();
      await goTo(page, view + initialQueries[view]);
      await heading(page, views[view]).waitFor();
      return page;
    },
  };
}

export async function goTo(page: Page, path: string): Promise<void> {
  await page.evaluate(`location.hash = ${JSON.stringify(path)}`);
}

export async function fillIn(
  page: Page,
  { username, password }: { username: string; password: string } = demoAdmin,
): Promise<void> {
  await page.getByLabel('Username').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
  await button(page, 'Sign in').click();
}

export const button = (page: Page, name: string | RegExp) => page.getByRole('button', { name, exact: true });
export const link = (page: Page, name: string) => page.getByRole('link', { name, exact: true });
export const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });
export const field = (page: Page, name: string) => page.getByLabel(name, { exact: true });
/** The table row that contains this text. */
export const row = (page: Page, text: string | RegExp) => page.getByRole('row').filter({ hasText: text });

/** The helper text or error of a field. */
export async function hintOf(page: Page, name: string): Promise<string> {
  const described = (await field(page, name).getAttribute('aria-describedby')) ?? '';
  return page.locator(`[id="${described}"]`).innerText();
}

export async function choose(page: Page, name: string | RegExp, option: string): Promise<void> {
  await page.getByRole('combobox', { name }).click();
  await page.getByRole('option', { name: option, exact: true }).click();
}

export async function sortBy(page: Page, column: string): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^Sort by ${column} `, 'i') }).click();
}

/** The first text of each row of the table. */
export async function firstColumn(page: Page): Promise<string[]> {
  return page.locator('tbody tr > :first-child').allInnerTexts();
}

/** Adds `user1` to `user<count>`, each with a token for web and one for cli. Some have expired. */
export async function plantTokens({ orm }: Quickstart, count: number): Promise<void> {
  const connection = orm.em.getConnection();
  await connection.execute(
    `insert into quickstart_user (username, password_hash, is_active, is_admin)
     select 'user' || i, 'no hash', true, false from generate_series(1, ?) i`,
    [count],
  );
  await connection.execute(
    plantedTokens(`
     select md5(u.username || c.name), u.id, c.id,
       u.created,
       case when c.token_ttl is null then null else now() + (u.id % 40 - 4) * interval '8 hours' end,
       case when u.id % 5 > 0 then u.created + (now() - u.created) * (1 - power(u.id * 104729 % 997 / 997.0, 2)) end,
       '10.0.' || u.id % 250 || '.' || u.id % 97,
       (array['Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0', 'curl/8.5.0', null])[1 + u.id % 3]
     from (
       select *, now() - interval '45 days' * power(id * 7919 % 1000 / 1000.0, 1.4) as created
       from quickstart_user where username like 'user%'
     ) u cross join durin_client c where c.name in ('web', 'cli')`),
  );
}

/** Adds calls of a tenth of those users on each of the last 30 days: fewer at weekends, and more lately. */
export async function plantCalls({ orm }: Quickstart): Promise<void> {
  await orm.em.getConnection().execute(
    `insert into durin_usage (client, day, user_id, calls)
     select c.name, days.day, u.id::text,
       (3 + u.id * 7919 % 89 + ago * 31 % 11) * (60 - ago) / case when extract(isodow from days.day) > 5 then 180 else 60 end
     from quickstart_user u, durin_client c, generate_series(0, 29) ago,
       lateral (select (now() at time zone 'UTC')::date - ago as day) days
     where u.username like 'user%' and u.id % 10 = 0 and c.name in ('web', 'cli')`,
  );
}
