import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { faultsInLooks } from '../../support/browser/appearance.ts';
import { connectToChromium, openVisitor } from '../../support/browser/chromium.ts';

let browser: Browser;
beforeAll(async () => {
  browser = await connectToChromium();
});
afterAll(() => browser.close());

const html = (main: string) =>
  `<!doctype html><html lang="en"><title>A page</title><main><h1>A</h1>${main}</main></html>`;

test('faultsInLooks finds barriers, and what does not fit on a phone', async () => {
  const visitor = await openVisitor(browser, 'data:,');
  const page = await visitor.context.newPage();
  await page.setContent(html('<p>Hello</p>'));
  expect(await faultsInLooks(page, 'support-good')).toEqual([]);
  const unlabelled = '<input>';
  const pale = '<p style="color: #ccc; background: #fff">Hello</p>';
  const tooWide = '<div style="width: 500px">Hello</div>';
  await page.setContent(html(unlabelled + pale + tooWide));
  const faults = (await faultsInLooks(page, 'support-bad', { settlingMs: 200 })).join('\n');
  expect(faults).toContain('support-bad-wide-light: critical, label:');
  expect(faults).toContain('support-bad-narrow-dark: serious, color-contrast:');
  expect(faults).toContain('support-bad-narrow-dark: the page is wider than the window');
  await visitor.close();
});

test('an error that nobody catches is noted, and so is what a policy forbids', async () => {
  const visitor = await openVisitor(browser, 'data:,');
  const page = await visitor.context.newPage();
  const policy = '<meta http-equiv="Content-Security-Policy" content="img-src \'none\'">';
  await page.setContent(`${policy}<img src="data:,"><script>setTimeout(() => { throw new Error('oh') })</script>`);
  await expect.poll(() => visitor.faults.join('\n')).toMatch(/Content Security Policy[^]*Error: oh/);
  await visitor.close();
});
