import { initTRPC } from '@trpc/server';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { DurinContext } from '../../../src/index.ts';
import { recordEvents } from '../../support/arena.ts';
import { User } from '../../support/entities.ts';
import { type BrowserApp, credentials, openBrowserApp } from './browser-app.ts';
import { openPage, type Page } from './fake-browser.ts';
import { serveByFetch } from './serve-by-fetch.ts';

/** With a sign-in of the app's own, as with a code from an e-mail. */
function createSignInRouter({ durin, orm, router }: BrowserApp) {
  const t = initTRPC.context<DurinContext>().create({ isDev: false });
  const signInByCode = durin
    .throttledProcedure({ scope: 'code', rate: '60/m' })
    .mutation(async ({ ctx, batchIndex }) => {
      const user = await orm.em.fork().findOneOrFail(User, 2);
      const { auth } = await durin.signIn({ user, client: 'web', ctx, batchIndex });
      return auth.user.username;
    });
  return t.mergeRouters(router, t.router({ signInByCode }));
}

let app: BrowserApp;
let page: Page;
beforeAll(async () => {
  app = await openBrowserApp();
});
beforeEach(() => {
  const { url, send } = serveByFetch({ ...app.durin, router: createSignInRouter(app) });
  page = openPage(url, send);
});
afterAll(() => app.close());

const dead: [what: string, kill: () => Promise<unknown>][] = [
  ['was revoked', () => app.durin.tokens.revokeAll({ user: 1 })],
  ['has expired', async () => app.clock.advance(86_401)],
  ['cannot be a token', async () => page.jar.set('__Host-durin', 'a b')],
  ['is of an inactive user', () => app.orm.em.fork().nativeUpdate(User, 1, { isActive: false })],
];

describe.each(dead)('a cookie that %s', (_what, kill) => {
  beforeEach(async () => {
    await app.orm.em.fork().nativeUpdate(User, 1, { isActive: true });
    await page.mutate('auth.login', credentials);
    await kill();
  });

  test('counts as anonymous where no user is required', async () => {
    const events = recordEvents(app.durin.events);
    expect(await page.query('maybe')).toEqual({ data: null });
    expect(events.all.filter(({ name }) => name === 'denied')).toEqual([]);
  });

  test('does not keep anybody from signing in', async () => {
    expect(await page.mutate('signInByCode')).toEqual({ data: 'bob' });
    expect(await page.query('me')).toEqual({ data: 'bob' });
  });

  test('is refused where a user is required', async () => {
    expect(await page.query('me')).toEqual({ refused: expect.stringMatching(/^(?:INVALID|TOKEN|MALFORMED|USER)_/) });
  });
});

test('a sign-in from another site is refused, whatever the cookie is', async () => {
  page.jar.set('__Host-durin', 'f'.repeat(64));
  const evil = { 'sec-fetch-site': 'cross-site', origin: 'https://evil.example' };
  expect(await page.mutate('signInByCode', undefined, evil)).toEqual({ refused: 'CROSS_SITE' });
});

test('a bad token in a header is refused there, too', async () => {
  expect(await page.query('maybe', { authorization: `Token ${'f'.repeat(64)}` })).toEqual({ refused: 'INVALID_TOKEN' });
});

test.each(['cli', 'api'] as const)('a token of a client with the header is refused in it: %s', async (client) => {
  const { token } = await app.durin.tokens.issue({ user: 2, client });
  page.jar.set('__Host-durin', token);
  expect(await page.query('me')).toEqual({ refused: 'INVALID_TOKEN' });
  expect(await page.query('me', { authorization: `Token ${token}` })).toEqual({ data: 'bob' });
});
