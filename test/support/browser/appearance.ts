import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Where pictures are put, to be looked at. */
export const screenshotFolder = join(import.meta.dirname, '..', '..', '..', '.screenshots');

const widths = { wide: { width: 1280, height: 800 }, narrow: { width: 360, height: 740 } };
/** The wide window at a zoom of 200 %, which halves what it holds. */
const zoomed = { zoomed: { width: 640, height: 400 } };
const schemes = ['light', 'dark'] as const;
/** Pictures take half of the time of a look. Nothing is compared with them. */
const takesPictures = process.env['SCREENSHOTS'] !== undefined;

/**
 * Looks at a page as it is now, wide in light and narrow in dark colours, and returns what is wrong with it, a text each:
 * what is wider than the window, and the barriers that axe finds. If `SCREENSHOTS` is set, it also takes pictures, of each
 * width in each scheme.
 * @param name of the state that the page is in, which names the looks
 * @param alsoZoomed whether to look at it at 200 % as well, in dark colours
 * @param settlingMs how long a page may take to fit a new width and to fade to new colours
 */
export async function faultsInLooks(
  page: Page,
  name: string,
  { alsoZoomed = false, settlingMs = 4000 } = {},
): Promise<string[]> {
  const before = page.viewportSize();
  const faults: string[] = [];
  for (const [width, size] of Object.entries({ ...widths, ...(alsoZoomed && zoomed) })) {
    await page.setViewportSize(size);
    for (const colorScheme of schemes) {
      if (!takesPictures && !isTypical(width, colorScheme)) continue;
      const picture = `${name}-${width}-${colorScheme}`;
      await page.emulateMedia({ colorScheme });
      await untilShown(page, size.width, colorScheme, settlingMs);
      if (takesPictures) await takePicture(page, picture);
      if (await isTooWide(page, settlingMs)) faults.push(`${picture}: the page is wider than the window`);
      if (isTypical(width, colorScheme)) {
        faults.push(...(await barriersOf(page, settlingMs)).map((barrier) => `${picture}: ${barrier}`));
      }
    }
  }
  await page.emulateMedia({ colorScheme: null });
  if (before) await page.setViewportSize(before);
  return faults;
}

/** Resolves a frame after the page has its new width and scheme, when it has rendered what depends on them. */
async function untilShown(page: Page, width: number, colorScheme: string, settlingMs: number): Promise<void> {
  const isShown = `innerWidth === ${width} && matchMedia('(prefers-color-scheme: ${colorScheme})').matches`;
  await holdsSoon(page, isShown, settlingMs);
  await page.evaluate('new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))');
}

/** Whether an expression is true in one of the next frames. (A policy of the page forbids Playwright's `waitForFunction`.) */
async function holdsSoon(page: Page, expression: string, settlingMs: number): Promise<boolean> {
  return page.evaluate<boolean>(`new Promise((resolve) => {
    const startedAt = performance.now();
    (function look() {
      if (${expression}) resolve(true);
      else if (performance.now() - startedAt > ${settlingMs}) resolve(false);
      else requestAnimationFrame(look);
    })();
  })`);
}

async function takePicture(page: Page, name: string): Promise<void> {
  await mkdir(screenshotFolder, { recursive: true });
  await page.screenshot({ path: join(screenshotFolder, `${name}.png`), fullPage: true, animations: 'disabled' });
}

/** Axe takes its time, and the layout does not depend on the colours, so each width is checked in one scheme. */
const isTypical = (width: string, scheme: string) => (width === 'wide') === (scheme === 'light');

/** Whether the page stays wider than its window. A list that becomes rows may need some frames for it. */
async function isTooWide(page: Page, settlingMs: number): Promise<boolean> {
  const fits = 'document.documentElement.scrollWidth <= document.documentElement.clientWidth';
  return !(await holdsSoon(page, fits, settlingMs));
}

/** The barriers that stay. A page that is still fading to its new colours has some that go away. */
async function barriersOf(page: Page, settlingMs: number): Promise<string[]> {
  const startedAt = performance.now();
  let barriers: string[];
  do {
    barriers = await barriersNow(page);
  } while (barriers.length > 0 && performance.now() - startedAt < settlingMs);
  return barriers;
}

/** What axe finds, a line each: what it is, and where. */
async function barriersNow(page: Page): Promise<string[]> {
  if (await page.evaluate<boolean>("typeof axe === 'undefined'")) await page.evaluate(`${axe.source}; undefined`);
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
  return violations.flatMap(({ id, impact, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${impact}, ${id}: ${help}: ${html}\n${failureSummary ?? ''}`),
  );
}
