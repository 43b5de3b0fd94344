import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { chromiumPath } from './chromium-path.ts';

/** Chromium without a sandbox, which containers have no rights for, and without calls to its maker. */
const flags = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A browser for the tests of a file; close it when they are done. Each test opens contexts of its own. */
export async function launchChromium(): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath, args: flags });
}

/** What a person has open: tabs that share cookies and storages, as a browser's window does. */
export interface Visitor {
  readonly context: BrowserContext;
  /** Opens a tab on this path. */
  open(path?: string): Promise<Page>;
  /** What went wrong in the tabs: uncaught errors, what the console reports, and what a policy forbade. */
  readonly faults: readonly string[];
  close(): Promise<void>;
}

/** @param url of the server; `open` takes paths below it */
export async function openVisitor(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visitor> {
  const context = await browser.newContext({ baseURL: url, locale: 'en-GB', reducedMotion: 'reduce', ...options });
  context.setDefaultTimeout(10_000);
  const faults: string[] = [];
  context.on('weberror', (error) => faults.push(String(error.error())));
  context.on('console', (message) => {
    if (message.type() === 'error' && !isRefusal(message.text())) faults.push(message.text());
  });
  return {
    context,
    async open(path = '/') {
      const page = await context.newPage();
      await page.goto(path);
      return page;
    },
    faults,
    close: () => context.close(),
  };
}

/** Chromium reports each answer that is not 2xx, and each request that fails: tests are about those, and see them. */
function isRefusal(text: string): boolean {
  return text.startsWith('Failed to load resource:');
}
