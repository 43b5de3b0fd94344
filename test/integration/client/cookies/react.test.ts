// @vitest-environment happy-dom
import { act, createElement, StrictMode } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import superjson from 'superjson';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDurinClient, type SessionAnswer } from '../../../../client/index.ts';
import { createDurinContext } from '../../../../client/react.ts';
import type { AppRouter } from './cookie-pages.ts';

/** The document of happy-dom. */
declare const document: { createElement(name: 'div'): Element };
type Element = Parameters<typeof hydrateRoot>[0] & { textContent: string | null; innerHTML: string };

beforeEach(() => vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true));
afterEach(() => vi.unstubAllGlobals());

const { DurinProvider, useAuth, useSession } = createDurinContext<AppRouter>();

function Greeting() {
  const auth = useAuth();
  const session = useSession();
  const text = session.status === 'signed-in' ? session.user.name : (session.reason ?? 'nobody');
  return createElement('button', { onClick: auth.close }, text);
}

/** Opens a page with what its server knows of the session. No call of it is answered. */
function openPage(initialSession: SessionAnswer<AppRouter, 'auth'> | null) {
  const send = vi.fn<() => Promise<never>>(() => new Promise(() => {}));
  const { auth } = createDurinClient<AppRouter>({
    url: 'http://localhost/trpc',
    path: 'auth',
    client: 'web',
    transport: 'cookie',
    initialSession,
    refresh: false,
    transformer: superjson,
    fetch: send,
  });
  return { auth, send, page: createElement(DurinProvider, { auth }, createElement(Greeting)) };
}

const alice = { id: 'an-id', expiry: new Date('2026-11-24T12:00:00Z'), user: { name: 'alice' } };

test.each([
  ['alice', alice],
  ['nobody', null],
])('a server renders %s, and the page the same without asking', async (shown, session) => {
  const html = renderToString(openPage(session).page);
  expect(html).toBe(`<button>${shown}</button>`);

  const { auth, send, page } = openPage(session);
  const container = document.createElement('div');
  container.innerHTML = html;
  const onRecoverableError = vi.fn<() => void>();
  const root = await act(async () => hydrateRoot(container, page, { onRecoverableError }));
  expect(container.textContent).toBe(shown);
  expect(onRecoverableError).not.toHaveBeenCalled();
  expect(send).not.toHaveBeenCalled();
  await act(async () => root.unmount());
  auth.close();
});

test('a newer session of the server is shown, and taken once', async () => {
  const { auth } = openPage(alice);
  const show = (session: typeof alice | null, key = 'page') =>
    createElement(StrictMode, null, createElement(DurinProvider, { auth, session, key }, createElement(Greeting)));
  const container = document.createElement('div');
  const root = createRoot(container);
  await act(async () => root.render(show(alice)));
  await act(async () => root.render(show(null)));
  await vi.waitUntil(() => auth.getSnapshot().status === 'signed-out');
  await act(async () => root.render(show(null)));
  expect(container.textContent).toBe('logged-out');
  await act(async () => auth.adopt({ ...alice, token: null }));
  await act(async () => root.render(show(null, 'another page')));
  expect(container.textContent).toBe('alice');
  await act(async () => root.unmount());
  auth.close();
});

test('hooks without a provider say so', () => {
  expect(() => renderToString(createElement(Greeting))).toThrow('There is no <DurinProvider> above this component.');
});
