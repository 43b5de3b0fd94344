import { inspect } from 'node:util';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createDurin, type DurinContext } from '../../../src/index.ts';
import { openApp } from '../../support/app.ts';
import { recordEvents } from '../../support/arena.ts';
import { createBrowserRouter, credentials } from './browser-app.ts';
import { openPage } from './fake-browser.ts';
import { serveByFetch } from './serve-by-fetch.ts';

let tour: Awaited<ReturnType<typeof takeTour>>;
beforeAll(async () => {
  tour = await takeTour();
});
afterAll(() => tour.app.close());

/** A browser's life, and every trace that it leaves. */
async function takeTour() {
  const app = await openApp();
  const logs: string[] = [];
  const spies = (['log', 'info', 'warn', 'error'] as const).map((method) =>
    vi.spyOn(console, method).mockImplementation((...parts) => void logs.push(inspect(parts, { depth: 10 }))),
  );
  const given: unknown[] = [];
  const durin = createDurin({
    ...app.options,
    clients: { web: { tokenTtl: '1d', transport: 'cookie' }, cli: {}, api: {} },
    serializeUser: (user) => ({ name: user.username }),
    loginResponse(outcome) {
      given.push(outcome);
      return {};
    },
  });
  const events = recordEvents(durin.events);
  const contexts: DurinContext[] = [];
  const { url, send } = serveByFetch({
    router: createBrowserRouter(durin),
    responseMeta: durin.responseMeta,
    createContext(call) {
      const ctx = durin.createContext(call);
      contexts.push(ctx);
      return ctx;
    },
  });
  const answers: string[] = [];
  const page = openPage(url, async (...request) => {
    const answer = await send(...request);
    const headers = [...answer.headers].filter(([name]) => name !== 'set-cookie');
    answers.push(answer.text, JSON.stringify(headers));
    return answer;
  });

  await page.mutate('auth.login', credentials);
  for (const path of ['me', 'watch', 'auth.session', 'auth.sessions.list']) await page.fetch(path, { method: 'GET' });
  await page.mutate('publish');
  await page.mutate('auth.refresh');
  await page.mutate('publish', undefined, { 'sec-fetch-site': 'cross-site' });
  await page.mutate('auth.login', { ...credentials, password: 'wrong' });
  await page.mutateAll([['auth.login', credentials], ['publish'], ['auth.refresh']]);
  await page.mutate('auth.logout');
  await page.mutate('auth.login', credentials);
  await page.mutate('auth.logoutAll');
  for (const spy of spies) spy.mockRestore();
  const tokens = page.received.flatMap(({ value }) => value || []);
  return { app, tokens: [...new Set(tokens)], logs, given, events: events.all, contexts, answers };
}

/** The texts that hold a token, or the secret half of one. */
function withTokens(texts: readonly string[]): string[] {
  const secrets = tour.tokens.flatMap((token) => [token, token.slice(32)]);
  return texts.filter((text) => secrets.some((secret) => text.includes(secret)));
}

test('the tour has set some cookies', () => {
  expect(tour.tokens.length).toBeGreaterThanOrEqual(2);
  expect(withTokens([`a ${tour.tokens[0]} b`])).toHaveLength(1);
});

test('no answer holds a token, but for the cookie', () => {
  expect(tour.answers.length).toBeGreaterThan(20);
  expect(withTokens(tour.answers)).toEqual([]);
});

test('no log and no event holds a token', () => {
  expect(tour.events.length).toBeGreaterThan(8);
  expect(withTokens([...tour.logs, ...tour.events.map((event) => JSON.stringify(event))])).toEqual([]);
});

test('no context holds a token at any depth', () => {
  const shown = tour.contexts.flatMap((ctx) => [JSON.stringify(ctx), inspect(ctx, { depth: 10, showHidden: true })]);
  expect(shown.length).toBeGreaterThan(20);
  expect(withTokens(shown)).toEqual([]);
  for (const { durin } of tour.contexts) expect(() => durin.header('Cookie')).toThrow('which holds credentials');
});

test('loginResponse is given no token', () => {
  expect(tour.given.length).toBeGreaterThanOrEqual(3);
  expect(withTokens(tour.given.map((outcome) => inspect(outcome, { depth: 10, showHidden: true })))).toEqual([]);
});
