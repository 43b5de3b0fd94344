import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';

/** Where the run puts its pictures, to be looked at. */
export const screenshotFolder = join(import.meta.dirname, '..', '..', '..', '.screenshots');

const widths = { wide: { width: 1280, height: 800 }, narrow: { width: 360, height: 740 } };
/** The wide window at a zoom of 200 %, which halves what it holds. */
const zoomed = { zoomed: { width: 640, height: 400 } };
const schemes = ['light', 'dark'] as const;

/**
 * Looks at a page as it is now, wide and narrow, light and dark: takes a picture of each, and tells what is wrong with
 * it, a text each: what is wider than the window, and what axe finds that would be in anybody's way.
 * @param name of the state that the page is in, which names the pictures
 * @param alsoZoomed whether to look at it at 200 % as well
 */
export async function faultsInLooks(page: Page, name: string, alsoZoomed = false): Promise<string[]> {
  const before = page.viewportSize();
  const faults: string[] = [];
  await mkdir(screenshotFolder, { recursive: true });
  for (const [width, size] of Object.entries({ ...widths, ...(alsoZoomed && zoomed) })) {
    await page.setViewportSize(size);
    for (const colorScheme of schemes) {
      const picture = `${name}-${width}-${colorScheme}`;
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(screenshotFolder, `${picture}.png`), fullPage: true, animations: 'disabled' });
      if ((await overflowOf(page)) > 0) faults.push(`${picture}: the page is wider than the window`);
      if (isTypical(width, colorScheme)) {
        faults.push(...(await barriersOf(page)).map((barrier) => `${picture}: ${barrier}`));
      }
    }
  }
  await page.emulateMedia({ colorScheme: null });
  if (before) await page.setViewportSize(before);
  return faults;
}

/** Axe takes its time: it looks at each width once, and at each scheme. */
const isTypical = (width: string, scheme: string) => (width === 'wide') === (scheme === 'light');

/** By how many pixels the page is wider than its window. */
async function overflowOf(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}

/** What axe finds, a line each: what it is, and where. */
async function barriersOf(page: Page): Promise<string[]> {
  await page.evaluate(`${axe.source}; undefined`);
  const { violations } = await page.evaluate<axe.AxeResults>('axe.run(document, { resultTypes: ["violations"] })');
  return violations.flatMap(({ id, impact, help, nodes }) =>
    nodes.map(({ html, failureSummary }) => `${impact}, ${id}: ${help}: ${html}\n${failureSummary ?? ''}`),
  );
}
