import { join } from 'node:path';
import type { Browser, BrowserContext, BrowserContextOptions, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest';
import { connectToChromium, openVisitor, type Visitor } from '../../support/browser/chromium.ts';
import { freePort } from '../../support/servers/postgres-server.ts';
import type { Program } from '../programs/program.ts';
import { type CopiedExample, copyExample } from './copied-example.ts';

/** The example for Next.js, built and started outside of the repository, and a browser. */
export function useNextExample() {
  let browser: Browser;
  let example: CopiedExample;
  let server: RunningNext;
  beforeAll(async () => {
    [browser, example] = await Promise.all([connectToChromium(), copyExample('next')]);
    const build = await example.npmRun('build');
    expect(build).toMatchObject({ code: 0 });
    server = await startNext(example, 'start');
    await fetch(server.url); // opens the database
  });
  afterAll(async () => {
    await Promise.all([browser?.close(), server?.stop()]);
    await example?.remove();
  });

  return {
    example: () => example,
    /**
     * Opens a browser window for the current test. The test fails if the page reports an error, as of hydration.
     * @param url of the server. Default: the server that all tests share
     */
    async visit(options: BrowserContextOptions = {}, { url } = server): Promise<Visitor> {
      const visitor = await openVisitor(browser, url, options);
      visitor.context.setDefaultTimeout(20_000);
      onTestFinished(async () => {
        await visitor.close();
        expect(visitor.faults).toEqual([]);
      });
      return visitor;
    },
    /** Requests a page with this cookie, as a browser without scripts would, and follows no redirect. */
    requestPage: (path: string, cookie?: string) =>
      fetch(server.url + path, { redirect: 'manual', headers: cookie === undefined ? {} : { cookie } }),
  };
}

export interface RunningNext {
  readonly url: string;
  readonly program: Program;
  stop(): Promise<unknown>;
}

/** @param flags of Node */
export async function startNext(
  example: CopiedExample,
  command: 'start' | 'dev',
  flags: readonly string[] = [],
): Promise<RunningNext> {
  const port = String(await freePort());
  const next = join('node_modules', 'next', 'dist', 'bin', 'next');
  const args = [...flags, next, command, '-H', 'localhost', '-p', port];
  const program = example.start('node', args, { NEXT_TELEMETRY_DISABLED: '1' });
  await program.until('Ready');
  return { url: `http://localhost:${port}`, program, stop: () => program.stop('SIGTERM') };
}

/** Starts a server whose clock a test moves on. The browser's does not follow. */
export async function startWithClock(example: CopiedExample) {
  const server = await startNext(example, 'start', ['--import', join(import.meta.dirname, 'movable-clock.ts')]);
  await fetch(server.url); // opens the database
  return {
    ...server,
    moveClock(seconds: number) {
      server.program.type(`${seconds}\n`);
      return server.program.until(`The clock moved by ${seconds} s`);
    },
  };
}

export async function signIn(page: Page): Promise<void> {
  await page.getByLabel('User name').fill('alice');
  await page.getByLabel('Password').fill('wonderland');
  await button(page, 'Sign in').click();
  await isSignedIn(page);
}

export const button = (page: Page, name: string) => page.getByRole('button', { name, exact: true });
export const isSignedIn = (page: Page) => page.getByRole('heading', { name: 'Hello, alice' }).waitFor();
export const isSignedOut = (page: Page) => page.getByRole('heading', { name: 'Sign in' }).waitFor();

/** Keeps each heading that the pages of a window show from now on, also for a moment. */
export async function noteHeadings(context: BrowserContext): Promise<void> {
  const content = `
    globalThis.headings = [];
    new MutationObserver(() => {
      const text = document.querySelector('h1')?.textContent;
      if (text && headings.at(-1) !== text) headings.push(text);
    }).observe(document, { childList: true, subtree: true, characterData: true });
  `;
  await context.addInitScript({ content });
}

/** The headings that a page has shown since it was loaded. */
export const headingsOf = (page: Page) => page.evaluate<string[]>('headings');

/** Keeps the address of each redirect of a window. */
export function noteRedirects(context: BrowserContext): readonly string[] {
  const redirects: string[] = [];
  context.on('response', (response) => response.status() === 307 && redirects.push(response.url()));
  return redirects;
}

/** Puts a session cookie into the browser. Browsers send cookies for https to localhost. */
export async function setSessionCookie(context: BrowserContext, value: string): Promise<void> {
  await context.addCookies([{ name: cookieName, value, url: 'https://localhost' }]);
}

/** The value of the session cookie; `null`: there is none. */
export async function sessionCookie(context: BrowserContext): Promise<string | null> {
  const cookies = await context.cookies();
  return cookies.find(({ name }) => name === cookieName)?.value ?? null;
}

export const cookieName = '__Host-durin';
