import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { screenshotFolder } from '../../support/browser/appearance.ts';
import { apiKey, button, createKey, session, signIn, turnTo, useQuickstart } from '../quickstart/quickstart-visit.ts';

const { visit } = useQuickstart();

/** docs/quickstart.png is a copy of what this writes: `cp .screenshots/quickstart.png docs/`. */
test('the README has a picture of the quickstart, in a small file', async () => {
  const visitor = await visit();
  const cli = await visitor.open('/?client=cli');
  await signIn(cli);
  const page = await visitor.open();
  await page.setViewportSize({ width: 1040, height: 900 });
  await page.emulateMedia({ colorScheme: 'light' });
  await signIn(page);
  await createKey(page, 'nightly export');
  await button(page, 'Done').click();
  for (const name of ['whoami', 'publish', 'deploy', 'reports.list']) await button(page, `Call ${name}`).click();
  await turnTo(page);
  await session(page, 'cli').waitFor();
  await apiKey(page, 'nightly export').waitFor();
  await page.evaluate('scrollTo(0, 0)');
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(screenshotFolder, 'quickstart.png'), animations: 'disabled' });
  const { size } = await stat(join(import.meta.dirname, '..', '..', '..', 'docs', 'quickstart.png'));
  expect(size).toBeLessThan(150_000);
});
