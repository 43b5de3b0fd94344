import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Where the run's Chromium takes connections. */
    chromiumUrl: string;
  }
}

/** The run's Chromium, for the tests of a file; to close it closes this file's contexts. */
export async function connectToChromium(): Promise<Browser> {
  const url = inject('chromiumUrl');
  if (url === undefined) throw new Error('The project of this test lacks global-chromium.ts as a globalSetup');
  return chromium.connect(url);
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
