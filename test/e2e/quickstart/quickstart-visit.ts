import type { Browser, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, beforeEach, expect, onTestFinished } from 'vitest';
import { connectToChromium, openVisitor, type Visitor } from '../../support/browser/chromium.ts';
import { openQuickstart, type Quickstart } from '../../support/browser/quickstart-server.ts';

/** A browser and the quickstart, shared by the tests of a file. Before each test, all sessions of alice are revoked. */
export function useQuickstart() {
  let browser: Browser;
  let quickstart: Quickstart;
  beforeAll(async () => {
    [browser, quickstart] = await Promise.all([connectToChromium(), openQuickstart()]);
  });
  afterAll(() => Promise.all([browser.close(), quickstart.close()]));
  beforeEach(async () => {
    await quickstart.auth.tokens.revokeAll({ user: quickstart.userId });
  });

  return {
    quickstart: () => quickstart,
    browser: () => browser,
    /** Opens a browser window for the current test. The test fails if the page reports an error. */
    async visit(options: BrowserContextOptions = {}): Promise<Visitor> {
      const visitor = await openVisitor(browser, quickstart.url, options);
      onTestFinished(async () => {
        await visitor.close();
        expect(visitor.faults).toEqual([]);
      });
      return visitor;
    },
  };
}

export async function fillIn(page: Page, password = 'wonderland', username = 'alice'): Promise<void> {
  await page.getByLabel('User name').fill(username);
  await page.getByLabel('Password', { exact: true }).fill(password);
}

export async function signIn(page: Page, username = 'alice'): Promise<void> {
  await fillIn(page, 'wonderland', username);
  await button(page, 'Sign in').click();
  await isSignedIn(page, username);
}

export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
export const heading = (page: Page, name: string) => page.getByRole('heading', { name, exact: true });
export const card = (page: Page, name: string) => page.getByRole('region', { name, exact: true });
/** A session in the list, by its client, its name or its device. */
export const session = (page: Page, text: string) =>
  card(page, 'Your devices')
    .getByRole('listitem')
    .filter({ has: page.getByText(text, { exact: true }) });

/** An API key in the list, by its name or its preview. */
export const apiKey = (page: Page, text: string) =>
  card(page, 'Your API keys')
    .getByRole('listitem')
    .filter({ has: page.locator('.title, .muted').getByText(text, { exact: true }) });

/** Creates an API key that may read, and waits until it is shown. */
export async function createKey(page: Page, name: string): Promise<void> {
  await button(page, 'Create a key').click();
  await page.getByLabel('Name of the key').fill(name);
  await button(page, 'Create the key').click();
  await heading(page, `The new key ${name}`).waitFor();
}

export const isSignedIn = (page: Page, username = 'alice') => heading(page, `Hello, ${username}`).waitFor();
export const isSignedOut = (page: Page) => heading(page, 'Sign in').waitFor();

/** The text of the focused element. */
export const focused = (page: Page) => page.evaluate<string>('document.activeElement.textContent');

/** Switches to a tab. Headless pages are always visible, so the event that a switch causes is dispatched here. */
export async function turnTo(page: Page): Promise<void> {
  await page.bringToFront();
  await page.evaluate("window.dispatchEvent(new Event('visibilitychange'))");
}

/** Records the names of all calls from now on, in any tab, besides the stream that each tab has open. */
export function watchCalls({ context }: Visitor): string[] {
  const calls: string[] = [];
  context.on('request', (request) => {
    const { pathname } = new URL(request.url());
    if (pathname.startsWith('/trpc/'))
      calls.push(
        ...pathname
          .slice('/trpc/'.length)
          .split(',')
          .filter((call) => call !== 'activity'),
      );
  });
  return calls;
}
