// @vitest-environment happy-dom
import { createTRPCClient } from '@trpc/client';
import { observable } from '@trpc/server/observable';
import { act, createElement, StrictMode } from 'react';
import { createRoot, hydrateRoot } from 'react-dom/client';
import { renderToString } from 'react-dom/server';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createDurinLink, memoryStorage } from '../../../client/index.ts';
import { useDurinSession } from '../../../client/react.ts';
import type { AppRouter } from './sdk-app.ts';

/** The document of happy-dom. */
declare const document: { createElement(name: 'div'): Element };
type Element = Parameters<typeof createRoot>[0] & { textContent: string | null; innerHTML: string };

beforeEach(() => vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true));
afterEach(() => vi.unstubAllGlobals());

/** Opens an SDK whose server accepts every call. */
function open(storage = memoryStorage()) {
  const { link, auth } = createDurinLink<AppRouter>({ path: 'auth', client: 'web', storage });
  const data = { token: 'a-token', expiry: new Date('2026-11-24T12:00:00Z'), user: { id: 1n, name: 'alice' } };
  const server = () => () =>
    observable<never>((observer) => {
      observer.next({ result: { type: 'data', data } } as never);
      observer.complete();
    });
  const trpc = createTRPCClient<AppRouter>({ links: [link, server] });
  auth.connect(trpc);
  return auth;
}

const credentials = { username: 'alice', password: 'secret' };

function Greeting({ auth, renders = [] }: { auth: ReturnType<typeof open>; renders?: string[] }) {
  const session = useDurinSession(auth);
  const text = session.status === 'signed-in' ? session.user.name : (session.reason ?? 'nobody');
  renders.push(text);
  return createElement('p', null, text);
}

test('the hook follows logins and logouts, also under StrictMode', async () => {
  const auth = open();
  const renders: string[] = [];
  const container = document.createElement('div');
  const root = createRoot(container);
  await act(async () => root.render(createElement(StrictMode, null, createElement(Greeting, { auth, renders }))));
  expect(container.textContent).toBe('nobody');
  await act(async () => auth.login(credentials));
  expect(container.textContent).toBe('alice');
  await act(async () => auth.logout());
  expect(container.textContent).toBe('logged-out');
  expect([...new Set(renders)]).toEqual(['nobody', 'alice', 'logged-out']);
  await act(async () => root.unmount());
  const before = renders.length;
  await act(async () => auth.login(credentials));
  expect(renders.length).toBe(before);
  auth.close();
});

test('a server renders nobody; hydration then shows who is signed in', async () => {
  const storage = memoryStorage();
  const auth = open(storage);
  await auth.login(credentials);
  const html = renderToString(createElement(Greeting, { auth }));
  expect(html).toBe('<p>nobody</p>');

  const container = document.createElement('div');
  container.innerHTML = html;
  const onRecoverableError = vi.fn<() => void>();
  const root = await act(async () => hydrateRoot(container, createElement(Greeting, { auth }), { onRecoverableError }));
  expect(container.textContent).toBe('alice');
  expect(onRecoverableError).not.toHaveBeenCalled();
  await act(async () => root.unmount());
  auth.close();
});
