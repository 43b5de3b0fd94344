import { expect, test } from 'vitest';
import { faultsInLooks } from '../../support/browser/appearance.ts';
import { button, card, fillIn, isSignedIn, isSignedOut, session, signIn, useQuickstart } from './quickstart-visit.ts';

const { quickstart, visit } = useQuickstart();

test('during an outage the page keeps its content and then recovers', async () => {
  const page = await (await visit()).open();
  await signIn(page);
  await session(page, 'web').waitFor();
  await quickstart().stop();

  await button(page, 'Call whoami').click();
  await page.getByText('The server cannot be reached. Check your connection and try again.').first().waitFor();
  await button(page, 'Sign out').click();
  await page.getByText('You are still signed in. The server cannot be reached.').waitFor();
  await button(page, 'Sign out Chrome on Linux').waitFor({ state: 'detached' });
  expect(await faultsInLooks(page, 'server-away')).toEqual([]);

  await quickstart().start();
  await button(page, 'Call whoami').click();
  await page.getByText('username: alice, client: web').waitFor();
  await button(page, 'Sign out').click();
  await isSignedOut(page);
});

test('a card that cannot load has a button to try again', async () => {
  const visitor = await visit();
  await visitor.context.route('**/trpc/*sessions.list*', (route) => route.abort());
  const page = await visitor.open();
  await signIn(page);
  const sessions = card(page, 'Your devices');
  await sessions.getByText('The server cannot be reached.').waitFor();
  expect(await faultsInLooks(page, 'not-loaded')).toEqual([]);
  await visitor.context.unroute('**/trpc/*sessions.list*');
  await sessions.getByRole('button', { name: 'Try again' }).click();
  await session(page, 'web').waitFor();
});

test('a time left that cannot be loaded is shown as unknown', async () => {
  const visitor = await visit();
  await visitor.context.route('**/trpc/*whoami*', (route) => route.abort());
  const page = await visitor.open();
  await signIn(page);
  const here = card(page, 'Hello, alice');
  await here.getByRole('alert').filter({ hasText: 'The server cannot be reached.' }).waitFor();
  await here.getByText('unknown').waitFor();
});

test('a card that is loading says so', async () => {
  const visitor = await visit();
  const { promise: answered, resolve: answer } = Promise.withResolvers<void>();
  await visitor.context.route('**/trpc/*sessions.list*', async (route) => {
    await answered;
    await route.continue();
  });
  const page = await visitor.open();
  await signIn(page);
  await card(page, 'Your devices').getByRole('status').filter({ hasText: 'Loading…' }).waitFor();
  expect(await faultsInLooks(page, 'loading')).toEqual([]);
  answer();
  await session(page, 'web').waitFor();
});

test('offline, actions fail at once and the session is kept', async () => {
  const visitor = await visit();
  const page = await visitor.open();
  await visitor.context.setOffline(true);
  const notice = page.getByText('You are offline.');
  await notice.waitFor();
  await fillIn(page);
  await button(page, 'Sign in').click();
  await page.getByRole('alert').filter({ hasText: 'The server cannot be reached.' }).waitFor();
  await visitor.context.setOffline(false);
  await notice.waitFor({ state: 'detached' });
  await button(page, 'Sign in').click();
  await isSignedIn(page);

  await session(page, 'web').waitFor();
  await visitor.context.setOffline(true);
  await notice.waitFor();
  await button(page, 'Refresh').click();
  await page.getByText('The session was not refreshed. The server cannot be reached.').waitFor();
  expect(await faultsInLooks(page, 'offline')).toEqual([]);
  await visitor.context.setOffline(false);
  await button(page, 'Refresh').click();
  await page.getByText('The session was refreshed.').waitFor();
});
